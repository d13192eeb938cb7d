package dev.pawl.testbed.ledger;

import java.util.ArrayList;
import java.util.List;

/** Fields in one line of text, with tabs between them; any text goes in and comes out as it was. */
public final class TabbedLine {
  private TabbedLine() {}

  public static String of(Object... fields) {
    var line = new StringBuilder();
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) line.append('\t');
      line.append(fields[i].toString().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
          .replace("\r", "\\r"));
    }
    return line.toString();
  }

  public static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\t') {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c == '\\' && i + 1 < line.length()) {
        char escaped = line.charAt(++i);
        field.append(switch (escaped) {
          case 't' -> '\t';
          case 'n' -> '\n';
          case 'r' -> '\r';
          default -> escaped;
        });
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
