package dev.pawl.conformance.wire;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last exchanges of a case, for whoever has to find out what went wrong. */
public final class Transcript {
  private static final int KEPT = 6;
  private static final int SHOWN = 1_200;

  private final Deque<String> lines = new ArrayDeque<>();

  synchronized void add(String method, String path, byte[] body, Answer answer) {
    String sent = body.length == 0 ? "" : " " + cut(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    lines.addLast("%s %s%s%n  -> %d %s".formatted(method, path, sent, answer.status(), cut(answer.toString())));
    while (lines.size() > KEPT) lines.removeFirst();
  }

  private static String cut(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
  }

  @Override
  public synchronized String toString() {
    return String.join(System.lineSeparator(), lines);
  }
}
