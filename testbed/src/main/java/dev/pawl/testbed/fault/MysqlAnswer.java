package dev.pawl.testbed.fault;

/** The server's answer to one command of MySQL's protocol, packet by packet: knows which packet is the last. */
final class MysqlAnswer {

  /** What the answer to a command looks like. */
  enum Shape {
    /** OK, an error, or result sets. */
    RESULT,
    /** A statement's id, its parameters and columns. */
    PREPARED,
    /** Rows or fields up to their end. */
    ROWS,
    /** One packet of text. */
    TEXT,
    /** A login's dialogue, up to its OK or error. */
    LOGIN
  }

  private enum Expects {
    FIRST,
    COLUMNS,
    END_OF_COLUMNS,
    ROWS
  }

  private static final int HEAD = 4;
  private static final int OK = 0x00;
  private static final int LOCAL_FILE = 0xFB;
  private static final int END = 0xFE;
  private static final int ERROR = 0xFF;
  private static final int MORE_RESULTS = 8;
  private static final int CURSOR = 0x40;

  private final Shape shape;
  /** Columns and rows each end with an EOF packet; newer clients ask to do without. */
  private final boolean eofs;
  /** The columns are left out when the client knows them. */
  private final boolean optionalColumns;

  private Expects expects;
  private int left;
  private boolean failed;
  private int errorCode;
  private int status = -1;
  private int statement = -1;

  MysqlAnswer(Shape shape, boolean eofs, boolean optionalColumns) {
    this.shape = shape;
    this.eofs = eofs;
    this.optionalColumns = optionalColumns;
    this.expects = shape == Shape.ROWS ? Expects.ROWS : Expects.FIRST;
  }

  boolean failed() {
    return failed;
  }

  /** The number of the server's error, if it failed. */
  int errorCode() {
    return errorCode;
  }

  /** The server's last status flags; -1 if it gave none. */
  int status() {
    return status;
  }

  int statement() {
    return statement;
  }

  /** Takes the next packet; true if it is the last. */
  boolean ends(byte[] packet) {
    int type = packet[HEAD] & 0xFF;
    if (type == ERROR) {
      failed = true;
      errorCode = number(packet, HEAD + 1, 2);
      return true;
    }
    return switch (expects) {
      case FIRST -> switch (shape) {
        case RESULT -> result(packet, type);
        case PREPARED -> prepared(packet);
        case ROWS, TEXT -> true;
        case LOGIN -> type == OK && ok(packet);
      };
      case COLUMNS -> {
        if (--left > 0) yield false;
        if (shape == Shape.PREPARED) yield true;
        expects = eofs ? Expects.END_OF_COLUMNS : Expects.ROWS;
        yield false;
      }
      case END_OF_COLUMNS -> {
        status = number(packet, HEAD + 3, 2);
        expects = Expects.ROWS;
        yield (status & CURSOR) != 0;
      }
      case ROWS -> type == END && packet.length - HEAD < (eofs ? 9 : 0xFFFFFF) && endOfRows(packet);
    };
  }

  private boolean result(byte[] packet, int type) {
    if (type == OK) return ok(packet);
    if (type == LOCAL_FILE) return false; // the client sends the file, then the result comes
    if (type == END && packet.length - HEAD < 9) return endOfRows(packet);
    int size = size(packet, HEAD);
    left = size == 1 ? type : number(packet, HEAD + 1, size - 1);
    boolean columns = !optionalColumns || packet[HEAD + size] != 0;
    expects = columns ? Expects.COLUMNS : eofs ? Expects.END_OF_COLUMNS : Expects.ROWS;
    return false;
  }

  private boolean prepared(byte[] packet) {
    statement = number(packet, HEAD + 1, 4);
    int columns = number(packet, HEAD + 5, 2);
    int parameters = number(packet, HEAD + 7, 2);
    left = columns + parameters;
    if (eofs) left += (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0);
    expects = Expects.COLUMNS;
    return left == 0;
  }

  private boolean endOfRows(byte[] packet) {
    if (!eofs && packet.length - HEAD > 5) return ok(packet);
    status = packet.length - HEAD >= 5 ? number(packet, HEAD + 3, 2) : status;
    return more();
  }

  private boolean ok(byte[] packet) {
    int at = HEAD + 1;
    at += size(packet, at);
    at += size(packet, at);
    status = number(packet, at, 2);
    return more();
  }

  private boolean more() {
    if ((status & MORE_RESULTS) == 0) return true;
    expects = Expects.FIRST;
    return false;
  }

  /** How many bytes a number of variable length takes. */
  private static int size(byte[] packet, int at) {
    return switch (packet[at] & 0xFF) {
      case 0xFC -> 3;
      case 0xFD -> 4;
      case 0xFE -> 9;
      default -> 1;
    };
  }

  static int number(byte[] packet, int at, int bytes) {
    int number = 0;
    for (int i = 0; i < bytes; i++) number |= (packet[at + i] & 0xFF) << (8 * i);
    return number;
  }
}
