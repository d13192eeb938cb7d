package dev.pawl.engine.query;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;

/** Tells what is wrong with a filter, and shows where. */
final class Mistakes {
  private static final int SHOWN = 30;

  private final String text;

  Mistakes(String text) {
    this.text = text;
  }

  /** @param at index of the character, from 0 */
  RejectedException at(int at, String what) {
    int from = at;
    while (from > 0 && at - from < SHOWN && !isBreak(text.charAt(from - 1))) from--;
    int to = at;
    while (to < text.length() && to - at < SHOWN && !isBreak(text.charAt(to))) to++;
    // A half of a character at the edge of the window would spoil the line that shows it.
    if (from < text.length() && Character.isLowSurrogate(text.charAt(from)) && from < at) from++;
    if (to > at && to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) to--;
    boolean cutFront = from > 0 && !isBreak(text.charAt(from - 1));
    boolean cutBack = to < text.length() && !isBreak(text.charAt(to));
    String line = (cutFront ? "..." : "") + visible(text.substring(from, to)) + (cutBack ? "..." : "");
    int column = (cutFront ? 3 : 0) + text.codePointCount(from, at);
    return new RejectedException(Rejection.invalid("filter", "at %d: %s\n%s\n%s^".formatted(
        text.codePointCount(0, at) + 1, what, line, " ".repeat(column))));
  }

  private static boolean isBreak(char c) {
    return c == '\n' || c == '\r';
  }

  // One column each, so that the caret stands where it should.
  static String visible(String part) {
    var shown = new StringBuilder(part.length());
    part.codePoints().forEach(c ->
        shown.appendCodePoint(Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c));
    return shown.toString();
  }
}
