package dev.pawl.engine.query;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a filter.
 *
 * @param text of a name or string, what it stands for; otherwise as written
 * @param at index of its first character
 */
record Token(Kind kind, String text, int at) {
  enum Kind {
    /** A bare word: a name or a keyword. */
    WORD,
    /** A name in back quotes: never a keyword or field. */
    QUOTED_NAME,
    STRING,
    NUMBER,
    OPERATOR,
    OPEN,
    CLOSE,
    COMMA,
    END
  }

  boolean is(String keyword) {
    return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
  }

  /** As a person would point at it. */
  String shown() {
    return switch (kind) {
      case END -> "the end";
      case STRING -> "a string";
      case QUOTED_NAME -> "a name";
      default -> "'" + Mistakes.visible(text.length() <= 40 ? text : text.substring(0, 40) + "...") + "'";
    };
  }

  static List<Token> all(String text, Mistakes mistakes) {
    List<Token> tokens = new ArrayList<>();
    Reader reader = new Reader(text, mistakes);
    do tokens.add(reader.next());
    while (tokens.getLast().kind != Kind.END);
    return tokens;
  }

  private static final class Reader {
    private final String text;
    private final Mistakes mistakes;
    private int at;

    Reader(String text, Mistakes mistakes) {
      this.text = text;
      this.mistakes = mistakes;
    }

    Token next() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
      if (at == text.length()) return new Token(Kind.END, "", at);
      int from = at;
      char c = text.charAt(at);
      return switch (c) {
        case '(' -> one(Kind.OPEN);
        case ')' -> one(Kind.CLOSE);
        case ',' -> one(Kind.COMMA);
        case '\'', '"' -> new Token(Kind.STRING, quoted(c, "a string"), from);
        case '`' -> name(from);
        case '=', '!', '<', '>' -> operator();
        default -> {
          if (isDigit(c) || c == '-' || c == '+' || c == '.') yield number();
          if (Character.isLetter(text.codePointAt(at)) || c == '_') yield word();
          throw mistakes.at(at, stray(c));
        }
      };
    }

    private Token one(Kind kind) {
      return new Token(kind, text.substring(at, at + 1), at++);
    }

    private Token name(int from) {
      String name = quoted('`', "a name");
      if (name.isEmpty()) throw mistakes.at(from, "expected a name between the back quotes");
      return new Token(Kind.QUOTED_NAME, name, from);
    }

    private String quoted(char quote, String what) {
      int from = at++;
      var plain = new StringBuilder();
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c != quote) {
          plain.append(c);
        } else if (at < text.length() && text.charAt(at) == quote) {
          plain.append(quote);
          at++;
        } else {
          return plain.toString();
        }
      }
      throw mistakes.at(from, "%s begins here and does not end; close it with %s, and write %s inside it twice"
          .formatted(what, quote, quote));
    }

    private Token operator() {
      int from = at;
      while (at < text.length() && "=!<>".indexOf(text.charAt(at)) >= 0) at++;
      String sign = text.substring(from, at);
      return switch (sign) {
        case "=", "!=", "<", "<=", ">", ">=" -> new Token(Kind.OPERATOR, sign, from);
        case "<>" -> new Token(Kind.OPERATOR, "!=", from);
        case "==" -> throw mistakes.at(from, "'==' is no operator; equality is '='");
        case "!" -> throw mistakes.at(from, "'!' is no operator; write 'not'");
        default -> throw mistakes.at(from, "'%s' is no operator; there are = != < <= > >=".formatted(
            sign.length() <= 10 ? sign : sign.substring(0, 10) + "..."));
      };
    }

    private Token number() {
      int from = at;
      if (text.charAt(at) == '-' || text.charAt(at) == '+') at++;
      if (digits() == 0) throw mistakes.at(from, "expected a number, such as 5, -2 or 1.5");
      if (peek() == '.') {
        at++;
        if (digits() == 0) throw mistakes.at(from, "expected digits after the point");
      }
      if (peek() == 'e' || peek() == 'E') {
        at++;
        if (peek() == '-' || peek() == '+') at++;
        if (digits() == 0) throw mistakes.at(from, "expected digits in the exponent");
      }
      if (isPartOfWord()) {
        throw mistakes.at(at, "a number ends here; put a time or text in quotes, a name that begins with a digit in `back quotes`");
      }
      return new Token(Kind.NUMBER, text.substring(from, at), from);
    }

    private int digits() {
      int from = at;
      while (isDigit(peek())) at++;
      return at - from;
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : 0;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private Token word() {
      int from = at;
      while (isPartOfWord()) at += Character.charCount(text.codePointAt(at));
      return new Token(Kind.WORD, text.substring(from, at), from);
    }

    private boolean isPartOfWord() {
      if (at >= text.length()) return false;
      int c = text.codePointAt(at);
      return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    private static String stray(char c) {
      return switch (c) {
        case '&' -> "write 'and' instead of '&&'";
        case '|' -> "write 'or' instead of '||'";
        case '\u2018', '\u2019', '\u201c', '\u201d', '\u00ab', '\u00bb' -> "typographic quotes; write ' or \"";
        case '%', '*' -> "there are no patterns; write: Name starts with 'prefix'";
        case ';' -> "a filter is one expression; there is no ';'";
        default -> "nothing can begin with this character; put text in quotes";
      };
    }
  }
}
