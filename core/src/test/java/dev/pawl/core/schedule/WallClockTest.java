package dev.pawl.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.schedule.ClockChange.Gap;
import dev.pawl.core.schedule.ClockChange.Repeat;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the day of a clock change does to wall times. The expected times are written as the wall shows them. */
class WallClockTest {
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(delimiter = '|', value = {
      // Berlin: 02:00 is 03:00 on 29 March, and 03:00 is 02:00 on 25 October.
      "Europe/Berlin | 30 2 * * * | AT_ONCE FIRST  | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00",
      "Europe/Berlin | 30 2 * * * | SHIFTED FIRST  | 2026-03-28T12:00Z | 2026-03-29T03:30+02:00 2026-03-30T02:30+02:00",
      "Europe/Berlin | 30 2 * * * | SKIPPED FIRST  | 2026-03-28T12:00Z | 2026-03-30T02:30+02:00 2026-03-31T02:30+02:00",
      "Europe/Berlin | */20 2 * * * | AT_ONCE FIRST | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00",
      "Europe/Berlin | 0,30 2-3 * * * | SHIFTED FIRST | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00 2026-03-30T02:00+02:00",
      "Europe/Berlin | 0 3 * * *  | AT_ONCE FIRST  | 2026-03-28T12:00Z | 2026-03-29T03:00+02:00 2026-03-30T03:00+02:00",
      "Europe/Berlin | 30 2 * * * | AT_ONCE FIRST  | 2026-10-24T12:00Z | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00",
      "Europe/Berlin | 30 2 * * * | AT_ONCE SECOND | 2026-10-24T12:00Z | 2026-10-25T02:30+01:00 2026-10-26T02:30+01:00",
      "Europe/Berlin | 30 2 * * * | AT_ONCE BOTH   | 2026-10-24T12:00Z | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-26T02:30+01:00",
      "Europe/Berlin | 0 3 * * *  | AT_ONCE FIRST  | 2026-10-24T12:00Z | 2026-10-25T03:00+01:00 2026-10-26T03:00+01:00",
      // Every hour follows the hours that pass: none is made up for, none is left out.
      "Europe/Berlin | 30 * * * * | AT_ONCE FIRST  | 2026-03-29T00:00Z | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00 2026-03-29T04:30+02:00",
      "Europe/Berlin | 30 * * * * | AT_ONCE FIRST  | 2026-10-25T00:00Z | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-25T03:30+01:00",
      // New York: the same at 02:00 local, in other weeks.
      "America/New_York | 15 2 * * * | AT_ONCE FIRST | 2026-03-07T12:00Z | 2026-03-08T03:00-04:00 2026-03-09T02:15-04:00",
      "America/New_York | 15 1 * * * | AT_ONCE FIRST | 2026-10-31T12:00Z | 2026-11-01T01:15-04:00 2026-11-02T01:15-05:00",
      // Santiago has no midnight on the day the clock is put forward.
      "America/Santiago | 0 0 * * *  | AT_ONCE FIRST | 2026-09-05T12:00Z | 2026-09-06T01:00-03:00 2026-09-07T00:00-03:00",
      // Lord Howe moves by half an hour, so even 'every hour' has something to make up for.
      "Australia/Lord_Howe | 15 2 * * * | AT_ONCE FIRST | 2026-10-03T00:00Z | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00",
      "Australia/Lord_Howe | 15 * * * * | AT_ONCE FIRST | 2026-10-03T14:00Z | 2026-10-04T01:15+10:30 2026-10-04T02:30+11:00 2026-10-04T03:15+11:00",
      "Australia/Lord_Howe | 45 1 * * * | AT_ONCE FIRST | 2026-04-04T00:00Z | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30",
      // Apia had no 30 December 2011.
      "Pacific/Apia | 0 9 * * *  | AT_ONCE FIRST | 2011-12-29T00:00Z | 2011-12-29T09:00-10:00 2011-12-31T00:00+14:00 2011-12-31T09:00+14:00",
      "Pacific/Apia | 0 9 30 12 * | AT_ONCE FIRST | 2011-12-29T00:00Z | 2011-12-31T00:00+14:00 2012-12-30T09:00+14:00",
      "UTC          | 30 2 * * * | AT_ONCE FIRST | 2026-03-28T12:00Z | 2026-03-29T02:30Z 2026-03-30T02:30Z",
  })
  void onTheDayOfTheChange(String zone, String cron, String rule, String after, String expected) {
    String[] words = rule.split(" ");
    var clock = new WallClock(ZoneId.of(zone), new ClockChange(Gap.valueOf(words[0]), Repeat.valueOf(words[1])));
    WallTimes times = CronExpression.parse(cron, "cron").times();
    List<Instant> seen = new ArrayList<>();
    Instant last = instant(after);
    for (String ignored : expected.split(" ")) {
      last = clock.next(times, last);
      seen.add(last);
    }
    assertThat(seen).isEqualTo(List.of(expected.split(" ")).stream().map(WallClockTest::instant).toList());
  }

  /** Another way to the same times: every minute of the wall is mapped to its instants on its own, then they are sorted. */
  @Test
  void agreesWithAWalkOverEveryMinuteOfTheWall() {
    Random random = new Random(20260329);
    List<String> zones = List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
        "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu", "UTC");
    int compared = 0;
    for (int round = 0; round < 400; round++) {
      ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
      var change = new ClockChange(Gap.values()[random.nextInt(3)], Repeat.values()[random.nextInt(3)]);
      Instant middle = around(zone, random);
      BitSet minutes = some(random, 60, 1 + random.nextInt(4));
      BitSet hours = random.nextInt(4) == 0 ? all(24) : some(random, 24, 1 + random.nextInt(12));
      BitSet days = random.nextBoolean() ? all(32) : some(random, 32, 20);
      days.clear(0);
      days.set(15);
      String text = "%s %s %s * *".formatted(written(minutes), written(hours), days.cardinality() == 31 ? "*" : written(days));
      WallTimes times = CronExpression.parse(text, "cron").times();
      Instant from = middle.minusSeconds(3 * 86_400);
      Instant until = middle.plusSeconds(3 * 86_400);
      var expected = new TreeSet<Instant>();
      for (LocalDateTime wall = LocalDateTime.ofInstant(from, ZoneOffset.UTC).minusDays(3).withMinute(0).withSecond(0).withNano(0);
          wall.isBefore(LocalDateTime.ofInstant(until, ZoneOffset.UTC).plusDays(3)); wall = wall.plusMinutes(1)) {
        if (minutes.get(wall.getMinute()) && hours.get(wall.getHour()) && days.get(wall.getDayOfMonth())) {
          expected.addAll(meant(wall, zone, change, hours.cardinality() == 24));
        }
      }
      var seen = new TreeSet<Instant>();
      WallClock clock = new WallClock(zone, change);
      for (Instant next = clock.next(times, from); next != null && !next.isAfter(until); next = clock.next(times, next)) {
        assertThat(seen.add(next)).as("%s in %s never stands still", text, zone).isTrue();
      }
      assertThat(seen).as("%s in %s with %s", text, zone, change).isEqualTo(expected.subSet(from, false, until, true));
      compared += seen.size();
    }
    assertThat(compared).isGreaterThan(10_000);
  }

  private static List<Instant> meant(LocalDateTime wall, ZoneId zone, ClockChange change, boolean everyHour) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(wall);
    ZoneOffsetTransition transition = zone.getRules().getTransition(wall);
    return switch (offsets.size()) {
      case 1 -> List.of(wall.toInstant(offsets.getFirst()));
      case 2 -> everyHour ? offsets.stream().map(wall::toInstant).toList() : switch (change.repeat()) {
        case FIRST -> List.of(wall.toInstant(transition.getOffsetBefore()));
        case SECOND -> List.of(wall.toInstant(transition.getOffsetAfter()));
        case BOTH -> offsets.stream().map(wall::toInstant).toList();
      };
      default -> everyHour && transition.getDuration().toMinutes() % 60 == 0 ? List.of() : switch (change.gap()) {
        case AT_ONCE -> List.of(transition.getInstant());
        case SHIFTED -> List.of(wall.toInstant(transition.getOffsetBefore()));
        case SKIPPED -> List.of();
      };
    };
  }

  /** An instant near a clock change, if the zone has any. */
  private static Instant around(ZoneId zone, Random random) {
    Instant start = Instant.parse("2010-01-01T00:00:00Z").plusSeconds(random.nextInt(20 * 365) * 86_400L);
    ZoneOffsetTransition next = zone.getRules().nextTransition(start);
    return next == null ? start : next.getInstant().plusSeconds(random.nextInt(7_200) - 3_600);
  }

  private static BitSet all(int size) {
    BitSet values = new BitSet();
    values.set(0, size);
    return values;
  }

  private static BitSet some(Random random, int size, int count) {
    BitSet values = new BitSet();
    for (int i = 0; i < count; i++) values.set(random.nextInt(size));
    return values;
  }

  private static String written(BitSet values) {
    return String.join(",", IntStream.of(values.stream().toArray()).mapToObj(Integer::toString).toList());
  }

  private static Instant instant(String text) {
    return java.time.OffsetDateTime.parse(text.strip()).toInstant();
  }
}
