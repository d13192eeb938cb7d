package dev.pawl.testbed.fault;

import dev.pawl.testbed.fault.MysqlAnswer.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of MySQL and MariaDB: queries, prepared statements, MariaDB's bulk execution; several commands may be on
 * their way at once. A message is a whole packet with its head, or several where one is too small.
 */
final class MysqlConversation extends Conversation {
  private static final int MAX_PAYLOAD = 0xFFFFFF;
  private static final int HEAD = 4;
  private static final int DEADLOCK = 1213;

  // capabilities
  private static final int MYSQL = 1;
  private static final int COMPRESS = 1 << 5;
  private static final int SSL = 1 << 11;
  private static final int DEPRECATE_EOF = 1 << 24;
  private static final int QUERY_ATTRIBUTES = 1 << 27;
  private static final int MARIADB_CACHE_METADATA = 1 << 4;

  // status flags
  private static final int IN_TRANSACTION = 1;
  private static final int AUTOCOMMIT = 2;

  // commands
  private static final int QUIT = 0x01;
  private static final int QUERY = 0x03;
  private static final int FIELD_LIST = 0x04;
  private static final int STATISTICS = 0x09;
  private static final int CHANGE_USER = 0x11;
  private static final int PREPARE = 0x16;
  private static final int EXECUTE = 0x17;
  private static final int LONG_DATA = 0x18;
  private static final int CLOSE = 0x19;
  private static final int FETCH = 0x1c;
  private static final int BULK_EXECUTE = 0xfa;

  private final Transaction transaction = new Transaction(true);
  private final Map<Integer, List<Sql.Kind>> statements = new HashMap<>();
  /** What was prepared last: MariaDB's driver executes it before it knows its id. */
  private List<Sql.Kind> newest = List.of();

  private boolean greetingRead;
  private boolean greeted;
  private boolean introduced;
  private boolean loggedIn;
  private int capabilities;
  private int extended;
  private @Nullable MysqlAnswer answer;

  /** A command, and what its answer will look like. */
  private static final class Command extends Exchange {
    final Shape shape;
    final List<Sql.Kind> prepares;

    Command(Shape shape, List<Sql.Kind> prepares, boolean commits) {
      this.shape = shape;
      this.prepares = prepares;
      this.commits = commits;
    }
  }

  @Override
  byte @Nullable [] readRequest(InputStream in, OutputStream toClient) throws IOException {
    return read(in);
  }

  @Override
  byte @Nullable [] readAnswer(InputStream in) throws IOException {
    byte[] message = read(in);
    if (message != null && !greetingRead) {
      greetingRead = true;
      if (message[HEAD] == 10) declineWhatHides(message);
    }
    return message;
  }

  private static byte @Nullable [] read(InputStream in) throws IOException {
    byte[] packet = readPacket(in);
    if (packet == null || packet.length < HEAD + MAX_PAYLOAD) return packet;
    var whole = new ByteArrayOutputStream();
    while (packet != null) {
      whole.writeBytes(packet);
      if (packet.length < HEAD + MAX_PAYLOAD) return whole.toByteArray();
      packet = readPacket(in);
    }
    return null;
  }

  private static byte @Nullable [] readPacket(InputStream in) throws IOException {
    byte[] head = in.readNBytes(HEAD);
    if (head.length < HEAD) return null;
    byte[] packet = Arrays.copyOf(head, HEAD + MysqlAnswer.number(head, 0, 3));
    return fill(in, packet, HEAD) ? packet : null;
  }

  /** Takes TLS and compression out of what the server offers in its greeting. */
  private static void declineWhatHides(byte[] greeting) {
    int at = HEAD + 1;
    while (greeting[at] != 0) at++; // the server's version
    at += 1 + 4 + 8 + 1; // its end, the connection's number, the challenge, a filler
    int lower = MysqlAnswer.number(greeting, at, 2) & ~(SSL | COMPRESS);
    greeting[at] = (byte) lower;
    greeting[at + 1] = (byte) (lower >> 8);
  }

  @Override
  boolean heard(byte[] message) {
    if (!introduced) {
      introduced = true;
      capabilities = MysqlAnswer.number(message, HEAD, 4);
      // A client of MariaDB's kind clears the lowest bit and says more at the end of the filler.
      if ((capabilities & MYSQL) == 0) extended = MysqlAnswer.number(message, HEAD + 28, 4);
      return false;
    }
    if (message[3] != 0) return false; // goes on with what was asked before: a login, a local file
    return switch (message[HEAD] & 0xFF) {
      case QUIT, LONG_DATA -> false;
      case CLOSE -> {
        statements.remove(MysqlAnswer.number(message, HEAD + 1, 4));
        yield false;
      }
      case QUERY -> ask(Shape.RESULT, List.of(), run(Sql.kinds(query(message))));
      case PREPARE -> {
        newest = Sql.kinds(new String(message, HEAD + 1, message.length - HEAD - 1, StandardCharsets.UTF_8));
        yield ask(Shape.PREPARED, newest, false);
      }
      case EXECUTE, BULK_EXECUTE -> {
        int id = MysqlAnswer.number(message, HEAD + 1, 4);
        yield ask(Shape.RESULT, List.of(), run(id == -1 ? newest : statements.getOrDefault(id, List.of())));
      }
      case FETCH, FIELD_LIST -> ask(Shape.ROWS, List.of(), false);
      case STATISTICS -> ask(Shape.TEXT, List.of(), false);
      case CHANGE_USER -> ask(Shape.LOGIN, List.of(), false);
      default -> ask(Shape.RESULT, List.of(), false);
    };
  }

  private String query(byte[] message) {
    int at = HEAD + 1;
    // Attributes come in front of the text; without any they are the numbers 0 and 1.
    if ((capabilities & QUERY_ATTRIBUTES) != 0 && message[at] == 0) at += 2;
    return new String(message, at, message.length - at, StandardCharsets.UTF_8);
  }

  private boolean run(List<Sql.Kind> kinds) {
    boolean commits = false;
    for (Sql.Kind kind : kinds) commits |= transaction.run(kind);
    return commits;
  }

  private boolean ask(Shape shape, List<Sql.Kind> prepares, boolean commits) {
    open.addLast(new Command(shape, prepares, commits));
    return commits;
  }

  @Override
  Answer answered(byte[] message) {
    if (!greeted) {
      greeted = true;
      return Answer.GOES_ON;
    }
    if (!loggedIn) {
      var login = new MysqlAnswer(Shape.LOGIN, false, false);
      loggedIn = login.ends(message) && !login.failed();
      return Answer.GOES_ON;
    }
    if (!(open.peekFirst() instanceof Command command)) return Answer.GOES_ON;
    if (answer == null) {
      answer = new MysqlAnswer(command.shape, (capabilities & DEPRECATE_EOF) == 0,
          (extended & MARIADB_CACHE_METADATA) != 0);
    }
    if (!answer.ends(message)) return Answer.GOES_ON;
    MysqlAnswer complete = answer;
    answer = null;
    open.pollFirst();
    if (command.shape == Shape.PREPARED && !complete.failed()) statements.put(complete.statement(), command.prepares);
    if (open.isEmpty()) settle(complete);
    return command.commits && !complete.failed() ? Answer.COMMITTED : Answer.ENDS;
  }

  private void settle(MysqlAnswer complete) {
    if (complete.failed()) {
      // An error carries no status; a deadlock's victim has lost its whole transaction.
      if (complete.errorCode() == DEADLOCK) transaction.settle(false, false);
    } else if (complete.status() >= 0) {
      transaction.settleAutocommit((complete.status() & AUTOCOMMIT) != 0);
      transaction.settle((complete.status() & IN_TRANSACTION) != 0, false);
    }
  }
}
