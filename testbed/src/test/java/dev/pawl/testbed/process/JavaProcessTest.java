package dev.pawl.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void runsToItsEndAndTellsItsWords() {
    try (var echo = JavaProcess.of(Echo.class).args("one", 2).start()) {
      assertThat(echo.awaitExit(SOON)).isEqualTo(3);
      assertThat(echo.awaitLine("args", SOON)).isEqualTo("args one 2");
      assertThatThrownBy(() -> echo.awaitLine("never said", SOON))
          .hasMessageContaining("expected a line with 'never said' from Echo, which ended")
          .hasMessageContaining("args one 2");
    }
  }

  @Test
  void isKilledAtOnceEvenWhenStopped() {
    try (var one = JavaProcess.of(Echo.class).start(); var two = JavaProcess.of(Echo.class).start()) {
      one.awaitLine("port", SOON);
      two.awaitLine("port", SOON);
      one.kill9();
      assertThat(one.awaitExit(SOON)).isEqualTo(137);
      two.stop();
      two.kill9();
      assertThat(two.awaitExit(SOON)).isEqualTo(137);
    }
  }

  @Test
  void standsStillAndGoesOn() throws IOException {
    try (var echo = JavaProcess.of(Echo.class).start(); var caller = new Caller(echo)) {
      caller.ask();
      echo.stop();
      assertThat(echo.isAlive()).isTrue();
      caller.patience(Duration.ofMillis(100));
      assertThatThrownBy(caller::ask).isInstanceOf(SocketTimeoutException.class);
      echo.cont();
      caller.patience(SOON);
      caller.answer(); // to what was asked while it stood still
    }
  }

  @Test
  void hasAClockThatJumps(@TempDir Path folder) throws IOException {
    OffsetClock clock = OffsetClock.in(folder.resolve("clock"));
    clock.set(Duration.ofHours(-1));
    try (var echo = JavaProcess.of(Echo.class).clock(clock).start(); var caller = new Caller(echo)) {
      assertThat(caller.ask()).isBetween(Instant.now().minus(61, ChronoUnit.MINUTES), Instant.now());
      clock.set(Duration.ofDays(1));
      assertThat(caller.ask()).isAfter(Instant.now().plus(23, ChronoUnit.HOURS));
      clock.set(Duration.ZERO);
      assertThat(caller.ask()).isBefore(Instant.now().plus(1, ChronoUnit.MINUTES));
    }
    assertThat(clock.offset()).isZero();
    assertThat(OffsetClock.in(clock.file()).offset()).isZero();
  }

  @Test
  void diesWithTheJvmThatStartedIt() throws Exception {
    long grandchild;
    try (var parent = JavaProcess.of(Parent.class).start()) {
      grandchild = Long.parseLong(parent.awaitLine("child", SOON).split(" ")[1]);
      parent.kill9();
    }
    var orphan = ProcessHandle.of(grandchild);
    if (orphan.isPresent()) orphan.get().onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** Starts another process, and waits for the end of the world. */
  static final class Parent {
    public static void main(String[] args) throws InterruptedException {
      var child = JavaProcess.of(Echo.class).start();
      child.awaitLine("port", SOON);
      child.stop();
      System.out.println("child " + child.pid());
      Thread.currentThread().join();
    }
  }

  /** Asks an {@link Echo} for its time. */
  private static final class Caller implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Caller(JavaProcess echo) throws IOException {
      int port = Integer.parseInt(echo.awaitLine("port", SOON).split(" ")[1]);
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      patience(SOON);
    }

    void patience(Duration time) throws IOException {
      socket.setSoTimeout((int) time.toMillis());
    }

    Instant ask() throws IOException {
      socket.getOutputStream().write('\n');
      return answer();
    }

    Instant answer() throws IOException {
      return Instant.parse(in.readLine());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
