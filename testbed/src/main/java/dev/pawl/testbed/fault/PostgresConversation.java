package dev.pawl.testbed.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's protocol, version 3: simple queries, and Parse/Bind/Execute up to a Sync. */
final class PostgresConversation extends Conversation {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final byte[] SYNC = {'S', 0, 0, 0, 4};

  private final Transaction transaction = new Transaction(false);
  private final Map<String, List<Sql.Kind>> statements = new HashMap<>();
  private final Map<String, List<Sql.Kind>> portals = new HashMap<>();
  private boolean started;
  private @Nullable Exchange speaking;
  /** Written since the last Sync, outside of a transaction: the next Sync commits it. */
  private boolean implicitWrite;

  @Override
  byte @Nullable [] readRequest(InputStream in, OutputStream toClient) throws IOException {
    while (!started) {
      byte[] head = in.readNBytes(8);
      if (head.length < 8) return null;
      int code = ByteBuffer.wrap(head).getInt(4);
      if (code == SSL_REQUEST || code == GSS_REQUEST) {
        toClient.write('N');
        toClient.flush();
        continue;
      }
      byte[] message = Arrays.copyOf(head, ByteBuffer.wrap(head).getInt(0));
      started = true;
      return fill(in, message, 8) ? message : null;
    }
    return readTyped(in);
  }

  @Override
  byte @Nullable [] readAnswer(InputStream in) throws IOException {
    return readTyped(in);
  }

  private static byte @Nullable [] readTyped(InputStream in) throws IOException {
    byte[] head = in.readNBytes(5);
    if (head.length < 5) return null;
    byte[] message = Arrays.copyOf(head, 1 + ByteBuffer.wrap(head).getInt(1));
    return fill(in, message, 5) ? message : null;
  }

  @Override
  boolean heard(byte[] message) {
    if (message[0] == 0) return false; // the start-up message, the only one without a type
    boolean commits = false;
    switch (message[0]) {
      case 'Q' -> {
        speak();
        // Statements of one simple query share a transaction, which ends with it or with a COMMIT among them.
        boolean wrote = false;
        for (Sql.Kind kind : Sql.kinds(text(message, 5))) {
          boolean durable = transaction.run(kind);
          switch (kind) {
            case COMMIT, COMMIT_AND_CHAIN -> {
              commits |= durable || wrote;
              wrote = false;
            }
            case ROLLBACK -> wrote = false;
            default -> wrote |= durable;
          }
        }
        commits |= wrote;
        mark(commits);
        speaking = null;
      }
      case 'P' -> {
        speak();
        String name = text(message, 5);
        statements.put(name, Sql.kinds(text(message, 5 + bytes(name) + 1)));
      }
      case 'B' -> {
        speak();
        String portal = text(message, 5);
        portals.put(portal, statements.getOrDefault(text(message, 5 + bytes(portal) + 1), List.of()));
      }
      case 'E' -> {
        speak();
        for (Sql.Kind kind : portals.getOrDefault(text(message, 5), List.of())) {
          boolean durable = transaction.run(kind);
          if (kind == Sql.Kind.COMMIT || kind == Sql.Kind.COMMIT_AND_CHAIN) commits |= durable;
          else implicitWrite |= durable;
        }
        mark(commits);
      }
      case 'S' -> {
        speak();
        commits = implicitWrite;
        implicitWrite = false;
        mark(commits);
        speaking = null;
      }
      case 'F' -> {
        speak();
        speaking = null;
      }
      case 'C' -> {
        speak();
        (message[5] == 'S' ? statements : portals).remove(text(message, 6));
      }
      case 'D', 'H' -> speak();
      default -> {} // COPY data, passwords, the farewell
    }
    return commits;
  }

  private void speak() {
    if (speaking != null) return;
    speaking = new Exchange();
    open.addLast(speaking);
  }

  private void mark(boolean commits) {
    if (speaking != null) speaking.commits |= commits;
  }

  @Override
  Answer answered(byte[] message) {
    var first = open.peekFirst();
    switch (message[0]) {
      case 'E' -> {
        if (first != null) first.failed = true;
      }
      case 'C' -> {
        // A COMMIT in a failed transaction is answered like this.
        if (first != null && text(message, 5).startsWith("ROLLBACK")) first.failed = true;
      }
      case 'Z' -> {
        open.pollFirst();
        if (open.isEmpty()) transaction.settle(message[5] != 'I', message[5] == 'E');
        return first != null && first.commits && !first.failed ? Answer.COMMITTED : Answer.ENDS;
      }
      default -> {}
    }
    return Answer.GOES_ON;
  }

  @Override
  byte[] closing() {
    return speaking == null ? new byte[0] : SYNC.clone();
  }

  private static String text(byte[] message, int from) {
    int end = from;
    while (end < message.length && message[end] != 0) end++;
    return new String(message, from, end - from, StandardCharsets.UTF_8);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
