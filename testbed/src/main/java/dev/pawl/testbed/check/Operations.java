package dev.pawl.testbed.check;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of what clients asked and heard, a line each, written before and after. Lives in the process that plays the
 * clients, which is never killed.
 *
 * <pre>{@code
 * var call = log.invoke("client-1", Kind.START, "default", "order-42", "req-7");
 * try {
 *   call.ok(client.start(...).run(), "");
 * } catch (RejectedException e) {
 *   call.fail(e.code());
 * } catch (RuntimeException e) {
 *   call.info(e.toString());      // then again, with the same id
 * }
 * }</pre>
 */
public final class Operations implements AutoCloseable {
  private final BufferedWriter out;
  private final InstantSource clock = InstantSource.system();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Operation> all = new ArrayList<>();

  private Operations(BufferedWriter out) {
    this.out = out;
  }

  /** A new log; an old one in this place is written over. */
  public static Operations open(Path file) {
    try {
      return new Operations(Files.newBufferedWriter(file, StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A log that was written before. */
  public static List<Operation> read(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.map(Operation::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client is about to ask. */
  public Call invoke(String process, Operation.Kind kind, String namespace, String workflowId, String id) {
    write(process, Operation.Phase.INVOKE, kind, namespace, workflowId, id, "", "");
    return new Call(process, kind, namespace, workflowId, id);
  }

  /** A call that is under way; exactly one of its methods is to be called. */
  public final class Call {
    private final String process;
    private final Operation.Kind kind;
    private final String namespace;
    private final String workflowId;
    private final String id;

    private Call(String process, Operation.Kind kind, String namespace, String workflowId, String id) {
      this.process = process;
      this.kind = kind;
      this.namespace = namespace;
      this.workflowId = workflowId;
      this.id = id;
    }

    public void ok(Object run, String word) {
      write(process, Operation.Phase.OK, kind, namespace, workflowId, id, run.toString(), word);
    }

    /** It definitely did not happen. */
    public void fail(String why) {
      write(process, Operation.Phase.FAIL, kind, namespace, workflowId, id, "", why);
    }

    /** Nobody knows whether it happened. */
    public void info(String why) {
      write(process, Operation.Phase.INFO, kind, namespace, workflowId, id, "", why);
    }
  }

  private void write(String process, Operation.Phase phase, Operation.Kind kind, String namespace, String workflowId,
      String id, String run, String word) {
    lock.lock();
    try {
      var operation = new Operation(
          all.size() + 1, clock.instant(), process, phase, kind, namespace, workflowId, id, run, word);
      all.add(operation);
      out.write(operation.line());
      out.newLine();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /** Everything so far. */
  public List<Operation> all() {
    lock.lock();
    try {
      return List.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
