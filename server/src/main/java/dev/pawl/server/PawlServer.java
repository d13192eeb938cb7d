package dev.pawl.server;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.hint.HintBus;
import dev.pawl.engine.store.Declarations;
import dev.pawl.redis.RedisHints;
import dev.pawl.server.auth.Authority;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.auth.Role;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.carrier.CarrierPlan;
import dev.pawl.server.carrier.CarrierWorkers;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.control.AdmissionRoutes;
import dev.pawl.server.control.BridgeRoutes;
import dev.pawl.contracts.ContractFolder;
import dev.pawl.contracts.Contracts;
import dev.pawl.server.control.DebugRoutes;
import dev.pawl.server.control.FleetRoutes;
import dev.pawl.server.control.HistoryRoutes;
import dev.pawl.server.control.NamespaceRoutes;
import dev.pawl.server.control.QueryRoutes;
import dev.pawl.server.control.ScheduleRoutes;
import dev.pawl.server.control.SearchAttributeRoutes;
import dev.pawl.server.control.SearchTypes;
import dev.pawl.server.control.StorageRoutes;
import dev.pawl.server.control.UpdateRoutes;
import dev.pawl.server.control.UpkeepRoutes;
import dev.pawl.server.control.WorkflowRoutes;
import dev.pawl.server.fleet.Admission;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Promoted;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.http.Gate;
import dev.pawl.server.http.HttpListener;
import dev.pawl.server.http.OpenApi;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Router;
import dev.pawl.server.job.JobPlane;
import dev.pawl.server.job.Papers;
import dev.pawl.server.job.Tracker;
import dev.pawl.server.job.UwerAnswers;
import dev.pawl.server.json.Json;
import dev.pawl.server.standalone.ActivityRoutes;
import dev.pawl.server.standalone.Hosts;
import dev.pawl.server.storage.ExternalStorage;
import dev.pawl.server.storage.ReferenceGuard;
import dev.pawl.server.storage.StorageTrial;
import dev.pawl.server.sdk.SdkRoutes;
import dev.pawl.server.wire.PageTokens;
import dev.pawl.server.wire.Questions;
import dev.pawl.server.wire.Tickets;
import dev.pawl.server.work.WorkRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server: an engine of its own, and everything that is asked of it over HTTP. */
public final class PawlServer implements AutoCloseable {
  private static final String KEYS = "secret";
  private static final String OWN = "pawl";

  private final PawlEngine engine;
  private final HttpListener listener;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Hosts hosts;
  private final CarrierWorkers carriers;

  /**
   * Opens a server.
   *
   * @param say told one line for each fact that matters to whoever started it
   * @throws RejectedException {@code BAD_CONFIGURATION}, {@code STORE_UNAVAILABLE} or {@code SCHEMA_MISMATCH}
   */
  public static PawlServer open(ServerConfig config, Consumer<String> say) {
    return open(config, say, settings -> {});
  }

  /**
   * A server for an engine that somebody else opened. Closing it closes the engine.
   *
   * @param config its database is not looked at
   */
  public static PawlServer of(PawlEngine engine, ServerConfig config, Consumer<String> say) {
    Promoted promoted = new Promoted();
    engine.promotion(promoted);
    return new PawlServer(engine, config, say, promoted);
  }

  /** The same with settings of the engine that no configuration has: for tests, which own the clock. */
  static PawlServer open(ServerConfig config, Consumer<String> say, Consumer<EngineConfig> more) {
    Promoted promoted = new Promoted();
    PawlEngine engine = engine(config, more.andThen(settings -> settings.promotion = promoted));
    try {
      return new PawlServer(engine, config, say, promoted);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Brings the schema of a database up to date, whether servers may do so when they start or not; nothing else is done.
   *
   * @throws RejectedException {@code STORE_UNAVAILABLE}, or {@code SCHEMA_MISMATCH} for a schema of a newer release
   */
  static void migrate(ServerConfig config) {
    engine(config, settings -> {
      settings.duties = false;
      settings.store = settings.store.withMigrate(true);
    }).close();
  }

  /** The engine of a configuration that only looks: it does no duties, and does not touch the schema. */
  static PawlEngine looker(ServerConfig config) {
    return engine(config, settings -> {
      settings.duties = false;
      settings.store = settings.store.withMigrate(false);
    });
  }

  private static PawlEngine engine(ServerConfig config, Consumer<EngineConfig> more) {
    folderOf(config.database());
    return PawlEngine.open(config.database(), settings -> {
      settings.store = settings.store.withMigrate(config.migrate());
      settings.leases = config.leases();
      settings.lanes = settings.lanes.withUnread(config.maxUnread());
      String redis = config.redis();
      if (redis != null) settings.hints = hints(redis, config.redisChannel());
      more.accept(settings);
    });
  }

  private static HintBus hints(String address, String channel) {
    try {
      return new RedisHints(address, channel);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          Rejection.because(Rejection.Code.BAD_CONFIGURATION, "redis: " + e.getMessage()), e);
    }
  }

  static void folderOf(String database) {
    if (!database.startsWith("jdbc:sqlite:")) return;
    Path parent = Path.of(database.substring("jdbc:sqlite:".length()).split("\\?", 2)[0]).toAbsolutePath().getParent();
    try {
      if (parent != null) Files.createDirectories(parent);
    } catch (IOException e) {
      throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE,
          "the folder of the database cannot be made: " + e), e);
    }
  }

  private PawlServer(PawlEngine engine, ServerConfig config, Consumer<String> say, Promoted promoted) {
    this.engine = engine;
    Declarations declared = engine.store().declarations();
    Fleet fleet = new Fleet(engine);
    Rollouts rollouts = new Rollouts(declared, promoted);
    Admission admission = new Admission(engine.store());
    SearchTypes types = new SearchTypes(declared);
    Tickets tickets = new Tickets(key(declared, "tickets"));
    PageTokens pages = new PageTokens(key(declared, "tickets"));
    ExternalStorage storage = new ExternalStorage(declared, config.storage(), Instant::now);
    ReferenceGuard references = new ReferenceGuard(storage);
    List<Route> routes = new ArrayList<>();
    routes.addAll(new DiscoveryRoutes(engine, fleet, config, () -> OpenApi.of(routes, version())).routes());
    routes.addAll(new NamespaceRoutes(engine, fleet, storage).routes());
    routes.addAll(new StorageRoutes(new StorageTrial(storage)).routes());
    WorkflowRoutes workflows = new WorkflowRoutes(engine.control(), fleet, types, storage, rollouts);
    UpdateRoutes updates = new UpdateRoutes(engine.control(), fleet, engine::now);
    routes.addAll(workflows.routes());
    routes.addAll(updates.routes());
    routes.addAll(new QueryRoutes(engine.control(), fleet, engine::now).routes());
    routes.addAll(new DebugRoutes(engine).routes());
    routes.addAll(new HistoryRoutes(engine.control(), pages, engine::now).routes());
    routes.addAll(new BridgeRoutes(engine.control(), workflows, updates).routes());
    routes.addAll(new ScheduleRoutes(engine.schedules(), types, pages).routes());
    routes.addAll(new SearchAttributeRoutes(declared, types).routes());
    routes.addAll(new FleetRoutes(engine, fleet, rollouts, admission).routes());
    routes.addAll(new AdmissionRoutes(admission).routes());
    routes.addAll(new UpkeepRoutes(engine, fleet).routes());
    routes.addAll(new WorkRoutes(engine, fleet, rollouts, admission, types, tickets, pages,
        new Questions(key(declared, "questions")), config.longPoll(), config.messagesAfterFirstTask(),
        config.carriers()).routes());
    routes.addAll(new SdkRoutes(engine, admission).routes());
    hosts = new Hosts(engine);
    routes.addAll(new ActivityRoutes(engine, hosts).routes());
    Authority authority = config.authority(config.auth().equals("token") && config.tokens().isEmpty()
        ? List.of(developmentToken(declared, say))
        : List.of());
    Contracts contracts = Contracts.on(engine);
    String filed = config.contracts();
    if (filed != null) ContractFolder.register(Path.of(filed), contracts, engine::isNamespace, say);
    routes.addAll(new JobPlane(engine, engine::isNamespace, engine.leases(), contracts,
        new Papers(authority, Tracker.at(config.ticketTracker(), config.ticketTrackerToken())),
        key(declared, "callbacks")).routes());
    Gate gate = new Gate(new Router(routes), authority, new PlaneEnvelope(config.longPoll(), new UwerAnswers(),
        engine::isClosing),
        engine::isNamespace, config.namespace(), config.maxBody(), references);
    listener = new HttpListener(
        new HttpListener.Address(config.host(), config.port(), config.tlsCertificate(), config.tlsKey()), gate);
    hosts.start();
    say.accept("Pawl %s listens on %s://%s:%d (%d operations, described at /api/openapi.json)".formatted(version(),
        config.tlsKey() == null ? "http" : "https", config.host(), listener.port(), routes.size()));
    carriers = new CarrierWorkers(engine, fleet, tickets, config.carriers(), config.serverId(), references);
    for (CarrierPlan.Mapping one : config.carriers().mappings()) {
      say.accept("Activity '%s' of queue '%s' in namespace '%s' is carried out by %s".formatted(one.activityType(),
          one.queue(), one.namespace(), one.carrier().url()));
    }
    if (authority instanceof Authority.Nobody) say.accept("Everybody may do everything: auth is none.");
  }

  /** A secret that all nodes on a database share; made up by the first one. */
  private static String key(Declarations declared, String name) {
    return Json.string(Json.stored(
        declared.putIfAbsent(OWN, KEYS, name, Json.text(Json.of("key", Secrets.random()))).data()), "key", "");
  }

  /** Without any token configured one is made up, said once, and kept as a hash. */
  private static Authority.Grant developmentToken(Declarations declared, Consumer<String> say) {
    String made = "pawl-" + Secrets.random();
    Map<String, @Nullable Object> kept = Json.stored(declared.putIfAbsent(OWN, KEYS, "development-token",
        Json.text(Json.of("sha256", Secrets.hash(made)))).data());
    String hash = Json.string(kept, "sha256", "");
    if (hash.equals(Secrets.hash(made))) {
      say.accept("No token is configured. This one may do everything, and is shown this once: " + made);
    } else {
      say.accept("No token is configured: the one that was shown at the first start still holds.");
    }
    return new Authority.Grant(hash, Principal.of(Role.FULL, Set.of(), hash));
  }

  /** Of this build; {@code dev} outside of a jar. */
  public static String version() {
    String version = PawlServer.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0-dev" : version;
  }

  public int port() {
    return listener.port();
  }

  /** The engine behind it. */
  public PawlEngine engine() {
    return engine;
  }

  /** Stops taking requests, lets those on their way finish, and closes the engine. A second time does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) return;
    hosts.close();
    carriers.close();
    engine.close();
    listener.close();
  }
}
