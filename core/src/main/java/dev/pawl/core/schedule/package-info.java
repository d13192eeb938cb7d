/**
 * When a schedule fires, and what becomes of each fire. Pure functions: nothing here reads a clock or draws a number.
 *
 * <p>A {@link dev.pawl.core.schedule.ScheduleSpec spec} names instants. They come from
 * {@link dev.pawl.core.schedule.CronExpression cron expressions} and {@link dev.pawl.core.schedule.CalendarTimes
 * calendars}, which are read on the wall clock of a time zone, and from {@link dev.pawl.core.schedule.Interval
 * intervals}, which count seconds and know no zone. Two sources that name the same instant make one fire. The instant is
 * the fire's <i>nominal</i> time and its name; jitter only delays it, by an amount that follows from the schedule's seed
 * and the nominal time, and never beyond the next fire. So every node computes the same fires in the same order.
 *
 * <p>Where a zone puts its clock forward, wall times are missing, and where it puts it back, they come twice.
 * {@link dev.pawl.core.schedule.ClockChange} says what that means; the reasons are in docs/decisions/no-fire-is-lost-in-a-gap.md.
 *
 * <p>A {@link dev.pawl.core.schedule.Schedule schedule} is changed by one file per request, each of which gives an answer
 * in every state. {@link dev.pawl.core.schedule.ScheduleDraft} is where a decision is put together: the overlap policies
 * are there and nowhere else, whether a fire comes from the spec, a trigger or a backfill. Every fire of the spec ends in
 * the history, started or left out with the reason; what was missed or fell into a pause is one entry for the whole
 * range, so that years of it cost no more than a minute. The decision says when to look again; a schedule that nobody
 * looks at in time loses nothing but the fires beyond its catch-up window.
 *
 * <p>Text that cannot be read is an {@link dev.pawl.core.schedule.ScheduleRefusedException} with a stable code and the path of the
 * field; a spec that was built always has a meaning.
 */
@NullMarked
package dev.pawl.core.schedule;

import org.jspecify.annotations.NullMarked;
