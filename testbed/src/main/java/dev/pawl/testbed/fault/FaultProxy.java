package dev.pawl.testbed.fault;

import dev.pawl.testbed.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in front of a server, on a port of its own on this machine. Faults are armed while connections run.
 *
 * <pre>{@code
 * try (var proxy = FaultProxy.before(database)) {
 *   Armed cut = proxy.arm(Fault.cutAfterCommit(new When.Nth(3)));
 *   work(proxy.database().dataSource());
 *   assertThat(cut.fired()).isEqualTo(1);
 * }
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class FaultProxy implements AutoCloseable {
  private static final String COMMITS = "commits";
  private static final String CONNECTIONS = "connections";
  private static final String UNREACHABLE = "unreachable";

  private final ServerSocket listener;
  private final InetSocketAddress upstream;
  private final Wire wire;
  private final @Nullable Database database;
  private final Tally tally = new Tally();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<Armed> everArmed = new CopyOnWriteArrayList<>();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final ControlPort control;

  private FaultProxy(ServerSocket listener, InetSocketAddress upstream, Wire wire, @Nullable Database database)
      throws IOException {
    this.listener = listener;
    this.upstream = upstream;
    this.wire = wire;
    this.database = database;
    this.control = ControlPort.open(this);
    Thread.ofVirtual().name("fault-proxy").start(this::accept);
  }

  /** Stands before the server of a database; {@link #database} leads through the proxy. */
  public static FaultProxy before(Database database) {
    URI address = URI.create(database.jdbcUrl().substring("jdbc:".length()));
    Wire wire = switch (address.getScheme()) {
      case "postgresql" -> Wire.POSTGRES;
      case "mariadb", "mysql" -> Wire.MYSQL;
      default -> throw new IllegalArgumentException(
          "expected a database behind a network, got " + database.jdbcUrl());
    };
    return open(0, new InetSocketAddress(address.getHost(), address.getPort()), wire, database);
  }

  /**
   * Stands before any server.
   *
   * @param port where to listen on this machine; 0: any free one
   */
  public static FaultProxy before(int port, InetSocketAddress upstream, Wire wire) {
    return open(port, upstream, wire, null);
  }

  private static FaultProxy open(int port, InetSocketAddress upstream, Wire wire, @Nullable Database database) {
    try {
      var listener = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
      return new FaultProxy(listener, upstream, wire, database);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Where another process can arm faults, see {@link ControlPort}. */
  public int controlPort() {
    return control.port();
  }

  /** The same database by way of the proxy. */
  public Database database() {
    if (database == null) throw new IllegalStateException("expected a proxy that was put before a database");
    String direct = upstream.getHostString() + ":" + upstream.getPort();
    String url = database.jdbcUrl().replace("//" + direct + "/", "//127.0.0.1:" + port() + "/");
    return new Database(database.server(), url, database.user(), database.password());
  }

  // ---- faults

  /** Starts a fault. */
  public Armed arm(Fault fault) {
    var armed = new Armed(ids.incrementAndGet(), fault, tally);
    everArmed.add(armed);
    if (fault instanceof Fault.Reset || fault instanceof Fault.Finish) {
      for (Link link : links) {
        if (fault instanceof Fault.Reset) link.reset();
        else link.finish();
        armed.fire();
      }
      armed.disarm();
    }
    return armed;
  }

  /** Ends all faults; what they held back goes on. */
  public void heal() {
    everArmed.forEach(Armed::disarm);
  }

  // ---- what happened

  /** How often faults of this class fired, such as {@code cut-after-commit}; see {@link Fault#name}. */
  public long fired(String name) {
    return tally.get(name);
  }

  /** Write units that the server confirmed. */
  public long commits() {
    return tally.get(COMMITS);
  }

  /** Waits until the server has confirmed so many write units; false if that did not happen in time. */
  public boolean awaitCommits(long atLeast, Duration patience) {
    return tally.await(COMMITS, atLeast, patience);
  }

  /** Connections that reached the server. */
  public long connections() {
    return tally.get(CONNECTIONS);
  }

  /** Everything that was counted, by name; {@code #3} is the fault with that number. */
  public Map<String, Long> counts() {
    return tally.all();
  }

  /** Every fault that was ever armed. */
  public List<Armed> everArmed() {
    return List.copyOf(everArmed);
  }

  /** Faults that were armed and changed nothing: what was tested with them was not tested. */
  public List<Fault> neverFired() {
    return everArmed.stream().filter(armed -> armed.fired() == 0).map(Armed::fault).toList();
  }

  // ---- for the links

  Iterable<Armed> active() {
    return everArmed.stream().filter(Armed::active)::iterator;
  }

  /** The armed fault of this kind that hits the commit at hand; null if none does. Every armed one counts it. */
  @Nullable Armed hit(Class<? extends Fault.OfCommit> kind) {
    Armed hit = null;
    for (Armed armed : active()) {
      if (kind.isInstance(armed.fault()) && armed.hits() && hit == null) hit = armed;
    }
    return hit;
  }

  void committed() {
    tally.add(COMMITS);
  }

  void gone(Link link) {
    links.remove(link);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        welcome(listener.accept());
      } catch (IOException closed) {
        // The proxy was closed, or this one client has gone already.
      }
    }
  }

  private void welcome(Socket client) throws IOException {
    for (Armed armed : active()) {
      if (armed.fault() instanceof Fault.Refuse) {
        Link.reset(client);
        armed.fire();
        return;
      }
    }
    Socket server = new Socket();
    try {
      server.connect(upstream, 5_000);
    } catch (IOException e) {
      tally.add(UNREACHABLE);
      Link.reset(server);
      Link.reset(client);
      return;
    }
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    tally.add(CONNECTIONS);
    var link = new Link(this, client, server, wire.conversation());
    links.add(link);
    link.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException gone) {
      // Nobody can connect any more either way.
    }
    control.close();
    heal();
    links.forEach(Link::reset);
  }
}
