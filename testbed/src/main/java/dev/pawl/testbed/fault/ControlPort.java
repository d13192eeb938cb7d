package dev.pawl.testbed.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * A proxy's faults for other processes: a line of text in, a line of text out, on a port of this machine.
 *
 * <pre>
 * arm cut-after-commit nth=3       ok 1
 * fired 1                          ok 0
 * await 1 1 PT10S                  ok true
 * disarm 1                         ok
 * heal                             ok
 * commits                          ok 17
 * counts                           ok commits=17 connections=2 ...
 * never-fired                      ok freeze direction=both; refuse
 * anything else                    error no such command: 'anything'
 * </pre>
 */
final class ControlPort {
  private final FaultProxy proxy;
  private final ServerSocket listener;

  private ControlPort(FaultProxy proxy, ServerSocket listener) {
    this.proxy = proxy;
    this.listener = listener;
  }

  static ControlPort open(FaultProxy proxy) throws IOException {
    var port = new ControlPort(proxy, new ServerSocket(0, 20, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("fault-control").start(port::accept);
    return port;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("fault-control-client").start(() -> serve(socket));
      } catch (IOException closed) {
        // The proxy was closed, or this one caller has gone already.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8)) {
      String line;
      while ((line = in.readLine()) != null) {
        String answer;
        try {
          answer = ("ok " + answer(line.strip())).strip();
        } catch (RuntimeException e) {
          answer = "error " + e.getMessage();
        }
        out.write(answer + "\n");
        out.flush();
      }
    } catch (IOException gone) {
      // The caller left; there is nobody to tell.
    }
  }

  private String answer(String line) {
    String[] words = line.split("\\s+");
    return switch (words[0]) {
      case "arm" -> Integer.toString(proxy.arm(Fault.parse(line.substring("arm".length()))).id());
      case "disarm" -> {
        armed(words[1]).disarm();
        yield "";
      }
      case "heal" -> {
        proxy.heal();
        yield "";
      }
      case "fired" -> Long.toString(armed(words[1]).fired());
      case "await" ->
          Boolean.toString(armed(words[1]).awaitFired(Long.parseLong(words[2]), Duration.parse(words[3])));
      case "commits" -> Long.toString(proxy.commits());
      case "counts" -> proxy.counts().entrySet().stream().map(count -> count.getKey() + "=" + count.getValue())
          .collect(Collectors.joining(" "));
      case "never-fired" -> proxy.neverFired().stream().map(Fault::text).collect(Collectors.joining("; "));
      default -> throw new IllegalArgumentException("no such command: '%s'".formatted(words[0]));
    };
  }

  private Armed armed(String id) {
    return proxy.everArmed().stream().filter(armed -> id.equals(Integer.toString(armed.id()))).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no fault has number " + id));
  }

  void close() {
    try {
      listener.close();
    } catch (IOException gone) {
      // Nobody can connect any more either way.
    }
  }
}
