package dev.pawl.testbed.ledger;

import dev.pawl.testbed.process.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The ledger itself: a server on a port of this machine. Usually a process of its own, see {@link #spawn}; talked to with a
 * {@link LedgerClient}.
 */
public final class EffectLedger implements AutoCloseable {
  private static final String PORT = "ledger on port ";

  private final FileChannel file;
  private final ServerSocket listener;
  private final InstantSource clock = InstantSource.system();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<String> applied = new HashSet<>();
  private final Map<String, Long> epochs = new HashMap<>();
  private final List<LedgerEntry> entries = new ArrayList<>();
  private Rule rule = Rule.IDEMPOTENT;
  private @Nullable Trouble trouble;
  private int troublesLeft;
  /** Calls are held in the order of their tickets and let go in the same order. */
  private long lastTicket;
  private long released;

  private EffectLedger(Path path) throws IOException {
    for (LedgerEntry entry : LedgerFile.read(path).entries()) remember(entry);
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.position(intact(path));
    file.truncate(file.position());
    listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("ledger").start(this::accept);
  }

  /** How much of the file is whole lines: a line that was cut off by a kill is written over. */
  private static long intact(Path path) throws IOException {
    byte[] bytes = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') end--;
    return end;
  }

  /** A ledger in this JVM. It goes on where the file ends. */
  public static EffectLedger open(Path file) {
    try {
      return new EffectLedger(file);
    } catch (IOException e) {
      throw new UncheckedIOException("expected a ledger in " + file, e);
    }
  }

  /** A ledger in a process of its own. */
  public static Spawned spawn(Path file) {
    var process = JavaProcess.of(EffectLedger.class).args(file.toAbsolutePath()).jvm("-Xmx128m").start();
    String line = process.awaitLine(PORT, Duration.ofSeconds(60));
    return new Spawned(process, Integer.parseInt(line.substring(PORT.length())), file);
  }

  /** A ledger's process. */
  public record Spawned(JavaProcess process, int port, Path file) implements AutoCloseable {
    public LedgerClient client() {
      return new LedgerClient(port);
    }

    @Override
    public void close() {
      process.close();
    }
  }

  /** @param args the file */
  public static void main(String[] args) throws InterruptedException {
    var ledger = open(Path.of(args[0]));
    System.out.println(PORT + ledger.port());
    Thread.currentThread().join();
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void remember(LedgerEntry entry) {
    entries.add(entry);
    EffectCall call = entry.call();
    if (entry.verdict() == Verdict.APPLIED) applied.add(call.key());
    if (entry.verdict() != Verdict.FAILED && entry.verdict() != Verdict.NOTED) epochs.merge(call.key(), call.epoch(), Math::max);
  }

  // ---- calls

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("ledger-call").start(() -> serve(socket));
      } catch (IOException closed) {
        // The ledger was closed, or this one caller has gone already.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket; var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = in.readLine()) != null) {
        String answer;
        try {
          answer = answer(TabbedLine.fields(line));
        } catch (IllegalArgumentException e) {
          answer = "error\t" + e.getMessage();
        }
        if (answer == null) return;
        socket.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException | InterruptedException gone) {
      // The caller was killed or has hung up; what it asked for stands.
    }
  }

  /** @return null: no answer */
  private @Nullable String answer(List<String> words) throws IOException, InterruptedException {
    return switch (words.getFirst()) {
      case "call" -> call(EffectCall.read(words, 1));
      case "note" -> {
        record(EffectCall.read(words, 1), Verdict.NOTED);
        yield "ok";
      }
      case "rule" -> {
        set(Rule.valueOf(words.get(1)));
        yield "ok";
      }
      case "trouble" -> {
        make(words.size() == 1 ? null
            : Trouble.read(words.get(1), words.subList(2, words.size()).toArray(String[]::new)));
        yield "ok";
      }
      case "release" -> {
        release(Integer.parseInt(words.get(1)));
        yield "ok";
      }
      case "await-calls" ->
          "ok\t" + await(Long.parseLong(words.get(1)), words.get(2), Duration.parse(words.get(3)));
      case "await-held" -> "ok\t" + awaitHeld(Integer.parseInt(words.get(1)), Duration.parse(words.get(2)));
      default -> throw new IllegalArgumentException("no such word: '%s'".formatted(words.getFirst()));
    };
  }

  private @Nullable String call(EffectCall call) throws IOException, InterruptedException {
    Trouble now = nextTrouble();
    if (now instanceof Trouble.Slow slow) TimeUnit.NANOSECONDS.sleep(slow.delay().toNanos());
    Verdict verdict = record(call, now instanceof Trouble.Fail ? Verdict.FAILED : null);
    if (now instanceof Trouble.DropReply) return null;
    if (now instanceof Trouble.Hold) awaitRelease();
    return "ok\t" + verdict;
  }

  private @Nullable Trouble nextTrouble() {
    lock.lock();
    try {
      return troublesLeft > 0 && troublesLeft-- > 0 ? trouble : null;
    } finally {
      lock.unlock();
    }
  }

  /** @param fixed null: by the rule */
  private Verdict record(EffectCall call, @Nullable Verdict fixed) throws IOException {
    lock.lock();
    try {
      Verdict verdict = fixed == null ? judge(call) : fixed;
      var entry = new LedgerEntry(entries.size() + 1, clock.instant().truncatedTo(ChronoUnit.MICROS), verdict, call);
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(entry.line() + "\n");
      while (bytes.hasRemaining()) file.write(bytes);
      file.force(false);
      remember(entry);
      changed.signalAll();
      return verdict;
    } finally {
      lock.unlock();
    }
  }

  private Verdict judge(EffectCall call) {
    return switch (rule) {
      case RECORD -> Verdict.APPLIED;
      case IDEMPOTENT -> applied.contains(call.key()) ? Verdict.DUPLICATE : Verdict.APPLIED;
      case FENCED -> call.epoch() < epochs.getOrDefault(call.key(), 0L) ? Verdict.FENCED : Verdict.APPLIED;
    };
  }

  // ---- control

  void set(Rule to) {
    lock.lock();
    try {
      rule = to;
    } finally {
      lock.unlock();
    }
  }

  void make(@Nullable Trouble next) {
    lock.lock();
    try {
      trouble = next;
      troublesLeft = next == null ? 0 : next.times();
    } finally {
      lock.unlock();
    }
  }

  void release(int count) {
    lock.lock();
    try {
      released = Math.min(lastTicket, released + count);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRelease() throws InterruptedException {
    lock.lock();
    try {
      long ticket = ++lastTicket;
      changed.signalAll();
      while (released < ticket) changed.await();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for calls whose key contains a text. */
  private boolean await(long count, String text, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (entries.stream().filter(entry -> entry.verdict() != Verdict.NOTED && entry.call().key().contains(text)).count()
          < count) {
        if (left <= 0) return false;
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitHeld(int count, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (lastTicket - released < count) {
        if (left <= 0) return false;
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
