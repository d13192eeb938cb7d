package dev.pawl.sdk.client;

import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes schedules and works with them, with the user's types. Immutable and safe for any number of threads.
 *
 * <pre>{@code
 * Schedules schedules = Schedules.on(engine.schedules()).queue("reports");
 * schedules.create("nightly", when -> when.cron("0 3 * * *").zone("Europe/Berlin").starts("report", new Region("eu")));
 * schedules.handle("nightly").pause("the source is being moved");
 * }</pre>
 *
 * <p>Every expected "no" is a {@link dev.pawl.core.schedule.ScheduleRefusedException} with a stable code and the field.
 */
public final class Schedules {
  private static final int PAGE = 200;

  private final ScheduleApi api;
  private final PayloadConverter converter;
  private final String namespace;
  private final String queue;

  private Schedules(ScheduleApi api, PayloadConverter converter, String namespace, String queue) {
    this.api = api;
    this.converter = converter;
    this.namespace = namespace;
    this.queue = queue;
  }

  /** Schedules of namespace {@code default} that start into queue {@code default}; values travel as JSON. */
  public static Schedules on(ScheduleApi api) {
    return on(api, JsonConverter.standard());
  }

  /** The same with the user's own converter and codecs. */
  public static Schedules on(ScheduleApi api, PayloadConverter converter) {
    return new Schedules(api, converter, "default", "default");
  }

  /** Those of another namespace. */
  public Schedules namespace(String namespace) {
    return new Schedules(api, converter, namespace, queue);
  }

  /** The same, starting into another queue unless said otherwise. */
  public Schedules queue(String queue) {
    return new Schedules(api, converter, namespace, queue);
  }

  /**
   * Makes a schedule. Its first fire is after now.
   *
   * @param id 1 to 128 characters; free, or of a schedule that was deleted
   */
  public ScheduleHandle create(String id, Consumer<ScheduleSettings> settings) {
    ScheduleSettings set = new ScheduleSettings(null, converter, namespace, queue);
    settings.accept(set);
    api.create(namespace, new CreateSchedule(id, set.terms(), set.isPaused(), set.note()));
    return handle(id);
  }

  /** A handle of a schedule; it need not exist yet. */
  public ScheduleHandle handle(String id) {
    return new ScheduleHandle(api, converter, namespace, id);
  }

  /** All schedules that are not deleted, newest first, read page by page while the stream is consumed. */
  public Stream<Schedule> list() {
    return Pages.<Schedule, ScheduleApi.Cursor>stream(cursor -> {
      ScheduleApi.Page page = api.list(new ScheduleApi.Listing(namespace, null, null, PAGE, cursor));
      return new Pages.Page<>(page.schedules(), page.next());
    });
  }
}
