package dev.pawl.testbed.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Drives a {@link FaultProxy} of another process by its control port. For one thread. */
public final class FaultControl implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private final Writer out;

  /** @param port the proxy's {@link FaultProxy#controlPort} */
  public FaultControl(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
  }

  /** @return the fault's number */
  public int arm(Fault fault) throws IOException {
    return Integer.parseInt(ask("arm " + fault.text()));
  }

  public void disarm(int fault) throws IOException {
    ask("disarm " + fault);
  }

  public void heal() throws IOException {
    ask("heal");
  }

  public long fired(int fault) throws IOException {
    return Long.parseLong(ask("fired " + fault));
  }

  public boolean awaitFired(int fault, long times, Duration patience) throws IOException {
    return Boolean.parseBoolean(ask("await %d %d %s".formatted(fault, times, patience)));
  }

  public long commits() throws IOException {
    return Long.parseLong(ask("commits"));
  }

  /**
   * Any command of the port.
   *
   * @throws IllegalArgumentException with the port's words, if it does not understand
   */
  public String ask(String command) throws IOException {
    out.write(command + "\n");
    out.flush();
    String answer = in.readLine();
    if (answer == null) throw new IOException("the proxy has gone");
    if (answer.startsWith("error ")) throw new IllegalArgumentException(answer.substring("error ".length()));
    return answer.substring("ok".length()).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
