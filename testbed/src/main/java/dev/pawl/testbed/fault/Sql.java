package dev.pawl.testbed.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** SQL text, read only as far as it takes to know what it does to the transaction. */
final class Sql {

  /** What a statement does to the transaction it runs in. */
  enum Kind {
    BEGIN,
    COMMIT,
    /** Commits, and the next transaction is open at once. */
    COMMIT_AND_CHAIN,
    ROLLBACK,
    AUTOCOMMIT_ON,
    AUTOCOMMIT_OFF,
    WRITE,
    /** Changes the schema; on MySQL and MariaDB it also commits whatever is open. */
    DEFINE,
    OTHER
  }

  private static final String QUOTES = "'\"`";

  private final String text;
  private int at;

  private Sql(String text) {
    this.text = text;
  }

  /** The statements of a text, divided by semicolons; empty ones are left out. */
  static List<Kind> kinds(String text) {
    var sql = new Sql(text);
    var kinds = new ArrayList<Kind>(1);
    while (sql.at < text.length()) {
      var words = sql.statement();
      if (words != null) kinds.add(words.kind());
    }
    return kinds;
  }

  private @Nullable Words statement() {
    var words = new Words();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ';') {
        at++;
        break;
      }
      if (Character.isLetter(c) || c == '_') {
        int start = at;
        while (at < text.length() && isWord(text.charAt(at))) at++;
        words.add(text.substring(start, at));
      } else if (QUOTES.indexOf(c) >= 0) {
        skipQuoted(c);
      } else if (c == '$') {
        skipDollar();
      } else if (text.startsWith("--", at) || c == '#') {
        skipTo("\n");
      } else if (text.startsWith("/*", at)) {
        skipTo("*/");
      } else {
        words.sign(c);
        at++;
      }
    }
    return words.first.isEmpty() ? null : words;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private void skipTo(String end) {
    int found = text.indexOf(end, at + 1);
    at = found < 0 ? text.length() : found + end.length();
  }

  private void skipQuoted(char quote) {
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && quote == '\'') at++; // MySQL; on PostgreSQL a backslash before a quote is rare enough
      else if (c == quote) break;
    }
    at = Math.min(at + 1, text.length());
  }

  /** A parameter such as {@code $1} or a dollar-quoted string. */
  private void skipDollar() {
    int tagEnd = at + 1;
    while (tagEnd < text.length() && isWord(text.charAt(tagEnd))) tagEnd++;
    if (tagEnd < text.length() && text.charAt(tagEnd) == '$' && !Character.isDigit(text.charAt(at + 1))) {
      String tag = text.substring(at, tagEnd + 1);
      int end = text.indexOf(tag, tagEnd + 1);
      at = end < 0 ? text.length() : end + tag.length();
    } else {
      at = tagEnd;
    }
  }

  /** The words of one statement, as far as they matter. */
  private static final class Words {
    private String first = "";
    private String second = "";
    private String previous = "";
    private boolean modifies;
    private boolean to;
    private boolean chain;
    private boolean autocommit;
    private boolean off;

    void add(String written) {
      String word = written.toLowerCase(Locale.ROOT);
      if (first.isEmpty()) first = word;
      else if (second.isEmpty()) second = word;
      switch (word) {
        // "for update" and "for no key update" lock, they do not write
        case "update" -> modifies |= !previous.equals("for") && !previous.equals("key");
        case "insert", "delete", "merge" -> modifies = true;
        case "to" -> to = true;
        case "chain" -> chain = !previous.equals("no");
        case "autocommit" -> autocommit = true;
        case "off", "false" -> off = true;
        default -> {}
      }
      previous = word;
    }

    void sign(char c) {
      if (autocommit && c == '0') off = true;
    }

    Kind kind() {
      return switch (first) {
        case "begin" -> Kind.BEGIN;
        case "start" -> second.equals("transaction") ? Kind.BEGIN : Kind.OTHER;
        case "commit", "end" -> chain ? Kind.COMMIT_AND_CHAIN : Kind.COMMIT;
        case "rollback", "abort" -> to ? Kind.OTHER : Kind.ROLLBACK;
        case "set" -> !autocommit ? Kind.OTHER : off ? Kind.AUTOCOMMIT_OFF : Kind.AUTOCOMMIT_ON;
        case "insert", "update", "delete", "merge", "replace", "copy", "call", "do", "load" -> Kind.WRITE;
        case "create", "alter", "drop", "truncate", "rename", "grant", "revoke", "comment", "reindex", "refresh" ->
            Kind.DEFINE;
        case "with", "select", "values", "explain" -> modifies ? Kind.WRITE : Kind.OTHER;
        default -> Kind.OTHER;
      };
    }
  }
}
