package dev.pawl.testbed.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Talks to an {@link EffectLedger}: workers with {@link #call}, tests with the rest. A connection per call; for any thread. */
public final class LedgerClient {
  private final int port;

  /** @param port of the ledger */
  public LedgerClient(int port) {
    this.port = port;
  }

  public int port() {
    return port;
  }

  /**
   * Asks for an effect.
   *
   * @throws LedgerSilent if no answer came: it may have been applied, or not
   */
  public Verdict call(EffectCall call) throws LedgerSilent {
    try {
      return Verdict.valueOf(ask("call\t" + call.line()));
    } catch (IOException e) {
      throw new LedgerSilent(call, e);
    }
  }

  /**
   * Writes down that a lease was granted, that a report is about to be sent under it, or that it was accepted. The ledger
   * is the one place that puts the words of several workers in an order, so the checker can tell who knew what when.
   *
   * @param what {@code grant}, {@code report} or {@code accepted}
   * @param step 0 for a run's own lease
   * @param number of the report; 0 for a grant
   */
  public void note(String what, String workflowId, String runId, int step, int number, long epoch, String worker) {
    command("note\t" + new EffectCall(what, workflowId, runId, step, number, epoch, worker).line());
  }

  /** The ledger did not answer. */
  public static final class LedgerSilent extends IOException {
    private static final long serialVersionUID = 1;

    LedgerSilent(EffectCall call, IOException cause) {
      super("no answer about " + call.key(), cause);
    }
  }

  public void rule(Rule rule) {
    command("rule\t" + rule);
  }

  /** Takes the place of whatever trouble there was. */
  public void trouble(Trouble trouble) {
    command("trouble\t" + trouble.line());
  }

  public void noTrouble() {
    command("trouble");
  }

  /** Answers all calls that are held. */
  public void release() {
    release(1_000_000);
  }

  /** Answers so many of the calls that are held, those that came first. */
  public void release(int count) {
    command("release\t" + count);
  }

  /** Waits until so many calls have come whose key contains a text; false if they do not come in time. */
  public boolean awaitCalls(long count, String text, Duration patience) {
    return Boolean.parseBoolean(command("await-calls\t%d\t%s\t%s".formatted(count, text, patience)));
  }

  /** Waits until so many calls are held; false if that does not happen in time. */
  public boolean awaitHeld(int count, Duration patience) {
    return Boolean.parseBoolean(command("await-held\t%d\t%s".formatted(count, patience)));
  }

  private String command(String line) {
    try {
      return ask(line);
    } catch (IOException e) {
      throw new UncheckedIOException("expected the ledger, which is behind no fault, to answer", e);
    }
  }

  private String ask(String line) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      String answer = in.readLine();
      if (answer == null) throw new IOException("it hung up");
      List<String> words = TabbedLine.fields(answer);
      if (words.getFirst().equals("error")) throw new IllegalArgumentException(words.get(1));
      return words.size() > 1 ? words.get(1) : "";
    }
  }
}
