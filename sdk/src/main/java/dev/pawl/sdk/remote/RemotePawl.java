package dev.pawl.sdk.remote;

import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.json.RemoteControl;
import dev.pawl.protocol.json.RemoteSchedules;
import dev.pawl.protocol.json.RemoteWork;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/**
 * An engine behind one server or several.
 *
 * <pre>{@code
 * try (RemotePawl pawl = RemotePawl.connect("https://pawl.example", token)) {
 *   PawlClient client = PawlClient.on(pawl.control());
 *   Worker worker = Worker.on(pawl.worker()).queue("orders").workflow("order", OrderWorkflow::new).start();
 *   ...
 * }
 * }</pre>
 *
 * <p>Nothing is said to a server before the first call. Any server of a cluster may answer any call, so it does not matter
 * whether a load balancer stands in front of them. Safe for any number of threads.
 */
public final class RemotePawl implements AutoCloseable {
  private final HttpExchange exchange;
  private final ControlApi control;
  private final WorkerApi worker;
  private final ScheduleApi schedules;

  private RemotePawl(List<URI> servers, RemoteSettings settings) {
    exchange = new HttpExchange(servers, settings);
    control = new RemoteControl(exchange);
    worker = new RemoteWork(exchange);
    schedules = new RemoteSchedules(exchange);
  }

  /** An engine behind one address, such as {@code https://pawl.example:8443} or {@code http://host/some/path}. */
  public static RemotePawl connect(String server, String token) {
    return connect(List.of(URI.create(server)), set -> set.token = token);
  }

  /**
   * An engine behind several servers on one database; when one of them does not answer, the next one is asked.
   *
   * @throws IllegalArgumentException for an address or a setting that makes no sense
   */
  public static RemotePawl connect(List<URI> servers, Consumer<RemoteSettings> settings) {
    RemoteSettings set = new RemoteSettings();
    settings.accept(set);
    set.check();
    return new RemotePawl(servers, set);
  }

  /** For {@code PawlClient.on}. */
  public ControlApi control() {
    return control;
  }

  /** For {@code Worker.on}. */
  public WorkerApi worker() {
    return worker;
  }

  /** For {@code Schedules.on}. */
  public ScheduleApi schedules() {
    return schedules;
  }

  /** Ends all connections; close workers first. */
  @Override
  public void close() {
    exchange.close();
  }
}
