package dev.pawl.testbed.process;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A process for the tests: says its port, then for every line that comes in there the time by its clock. */
final class Echo {
  private Echo() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0) {
      System.out.println("args " + String.join(" ", args));
      System.exit(3);
    }
    var clock = OffsetClock.ofThisProcess();
    try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      System.out.println("port " + server.getLocalPort());
      while (true) {
        try (var socket = server.accept();
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
          while (in.readLine() != null) socket.getOutputStream().write((clock.instant() + "\n").getBytes());
        }
      }
    }
  }
}
