package dev.pawl.sdk.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server that says what it was told to say, one answer after the other. */
final class ScriptedServer implements AutoCloseable {
  interface Act {
    void play(HttpExchange exchange) throws IOException;
  }

  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> bodies = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Act> script = new ConcurrentLinkedQueue<>();
  private final HttpServer server;

  ScriptedServer(Act... acts) {
    script.addAll(List.of(acts));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      asked.add(exchange.getRequestURI().getPath());
      Act act = script.poll();
      if (act == null) throw new IllegalStateException("nothing more to say");
      act.play(exchange);
    });
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/below");
  }

  static Act says(int status, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    };
  }

  static Act refuses(int status, String code) {
    return says(status, "{\"message\":\"no\",\"reason\":\"%s\"}".formatted(code));
  }

  /** Takes the request and hangs up. */
  static Act hangsUp() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('{');
      exchange.close();
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
