package dev.pawl.server.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens. The event loops only move bytes: every request is answered on a virtual thread, which is interrupted when its
 * connection goes away.
 */
public final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final int WORTH_PACKING = 1024;
  private static final long KEEP_ALIVE_MILLIS = 10_000;
  private static final long NO_TIMER = -1;
  private static final long SOON_MILLIS = 1;

  private final Vertx vertx;
  private final HttpServer server;
  private final Gate gate;

  /**
   * @param port 0: any that is free
   * @param certificate PEM file; null: without TLS
   * @param key PEM file; null: without TLS
   */
  public record Address(String host, int port, @Nullable String certificate, @Nullable String key) {}

  public HttpListener(Address address, Gate gate) {
    this.gate = gate;
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    HttpServerOptions options = new HttpServerOptions()
        .setHost(address.host())
        .setPort(address.port())
        .setMaxHeaderSize(16 * 1024)
        .setMaxInitialLineLength(8 * 1024)
        .setTcpKeepAlive(true)
        .setIdleTimeout(180)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setHandle100ContinueAutomatically(true);
    if (address.certificate() != null && address.key() != null) {
      KeyCertOptions pem = new PemKeyCertOptions().setCertPath(address.certificate()).setKeyPath(address.key());
      options.setSsl(true).setUseAlpn(true).setKeyCertOptions(pem);
    }
    try {
      server = vertx.createHttpServer(options).requestHandler(this::receive).listen()
          .toCompletionStage().toCompletableFuture().join();
    } catch (RuntimeException e) {
      vertx.close();
      throw e;
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  private void receive(HttpServerRequest request) {
    Buffer body = Buffer.buffer();
    boolean[] tooLarge = {false};
    int most = gate.maxBody(request.method().name(), request.path());
    request.handler(part -> {
      // What is too much is read and thrown away, so that the sender gets to read the answer.
      if (tooLarge[0]) return;
      if (body.length() + part.length() > most) tooLarge[0] = true;
      else body.appendBuffer(part);
    });
    request.exceptionHandler(e -> LOG.debug("a request broke off", e));
    request.endHandler(end -> answer(request, tooLarge[0] ? null : body.getBytes()));
  }

  private void answer(HttpServerRequest request, byte @Nullable [] body) {
    Context loop = vertx.getOrCreateContext();
    HttpServerResponse response = request.response();
    Map<String, String> headers = new LinkedHashMap<>();
    request.headers().forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    Map<String, String> query = new LinkedHashMap<>();
    request.params().forEach(query::putIfAbsent);
    Incoming incoming = new Incoming(request.method().name(), request.path(), query, headers, body);
    long alive = gate.isKeptAlive(incoming) ? keepAlive(incoming, response) : NO_TIMER;
    AtomicReference<@Nullable Thread> worker = new AtomicReference<>();
    Thread thread = Thread.ofVirtual().name("http-" + request.path()).unstarted(() -> {
      Gate.Answer answer = gate.answer(incoming);
      if (!answer.reply().parts().isEmpty()) {
        new Streaming(gate, new Chunks(loop, response, alive), HttpListener::takeBack).start(answer);
        return;
      }
      byte[] bytes = answer.reply().bytes();
      boolean packed = bytes.length >= WORTH_PACKING && takesGzip(headers.get("accept-encoding"));
      byte[] sent = packed ? gzip(bytes) : bytes;
      worker.set(null);
      loop.runOnContext(ignored -> {
        vertx.cancelTimer(alive);
        if (response.closed() || response.ended()) {
          takeBack(answer.reply());
          return;
        }
        if (response.headWritten()) {
          response.end(Buffer.buffer(bytes)).onFailure(e -> takeBack(answer.reply()));
          return;
        }
        response.setStatusCode(answer.reply().status());
        answer.headers().forEach(response::putHeader);
        if (packed) response.putHeader("Content-Encoding", "gzip").putHeader("Vary", "Accept-Encoding");
        response.end(Buffer.buffer(sent)).onFailure(e -> takeBack(answer.reply()));
      });
    });
    worker.set(thread);
    Runnable gone = () -> {
      Thread waiting = worker.getAndSet(null);
      if (waiting != null) waiting.interrupt();
    };
    // What changes something goes on to its end: an interrupt would cost a connection to the database.
    if (gate.isPoll(incoming)) {
      response.closeHandler(ignored -> gone.run());
      response.exceptionHandler(ignored -> gone.run());
    }
    thread.start();
  }

  /** An answer that goes out bit by bit. */
  private final class Chunks implements Streaming.Outlet {
    private final Context loop;
    private final HttpServerResponse response;
    private final long alive;

    Chunks(Context loop, HttpServerResponse response, long alive) {
      this.loop = loop;
      this.response = response;
      this.alive = alive;
    }

    @Override
    public void run(Runnable task) {
      loop.runOnContext(ignored -> task.run());
    }

    @Override
    public void begin(int status, Map<String, String> headers, Runnable gone) {
      response.closeHandler(ignored -> gone.run());
      response.exceptionHandler(ignored -> gone.run());
      response.setStatusCode(status).setChunked(true);
      headers.forEach(response::putHeader);
      // Whoever sent it has to hear soon that it arrived: further calls wait for that.
      vertx.setTimer(SOON_MILLIS, timer -> {
        if (!response.headWritten() && !isClosed()) response.write("\n");
      });
    }

    @Override
    public boolean isClosed() {
      return response.closed() || response.ended();
    }

    @Override
    public void write(String text, boolean last, Runnable failed) {
      if (last) vertx.cancelTimer(alive);
      (last ? response.end(text) : response.write(text)).onFailure(e -> failed.run());
    }
  }

  private static void takeBack(Reply reply) {
    Runnable takeBack = reply.undelivered();
    if (takeBack != null) Thread.ofVirtual().name("take-back").start(takeBack);
  }

  /**
   * A newline from time to time, so that both ends notice when the other one is gone. The status has to be said for it
   * before it is known: whoever is kept alive finds a refusal in the body.
   */
  private long keepAlive(Incoming incoming, HttpServerResponse response) {
    return vertx.setPeriodic(KEEP_ALIVE_MILLIS, timer -> {
      if (response.closed() || response.ended()) {
        vertx.cancelTimer(timer);
        return;
      }
      if (!response.headWritten()) {
        response.setChunked(true);
        gate.headers(incoming).forEach(response::putHeader);
        response.putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
      }
      response.write("\n");
    });
  }

  /** Gzip unless it is refused: {@code gzip;q=0}. */
  private static boolean takesGzip(@Nullable String accepted) {
    if (accepted == null) return false;
    for (String one : accepted.toLowerCase(Locale.ROOT).split(",")) {
      String[] parts = one.strip().split(";");
      if (!parts[0].strip().equals("gzip") && !parts[0].strip().equals("*")) continue;
      for (int i = 1; i < parts.length; i++) {
        if (parts[i].strip().matches("q=0(\\.0*)?")) return false;
      }
      return true;
    }
    return false;
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
    try (GZIPOutputStream packing = new GZIPOutputStream(out)) {
      packing.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Stops listening; answers that are on their way get a moment. */
  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
