package dev.pawl.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Several calls in one request: each line is the path of a call, a space and its body. Whoever sent the request calls: a
 * signature is one of all lines. Every other check each call passes by itself, as if it had come alone. The answer has one line for each as soon as it is there, in any order: the number of the
 * call, the status, seconds to wait before the next try, and the body. Empty lines only say that the server is alive.
 */
public final class Bundle {
  public static final String MEDIA = "application/x-ndjson";
  private static final int MOST = 1_000;
  private static final Pattern OPERATION = Pattern.compile("[a-z-]+(/[a-z-]+)+");

  private Bundle() {}

  /** Takes a request apart. @throws Refusal 422 if a line has no form */
  public static Reply open(Call bundle) {
    Incoming request = bundle.raw();
    byte[] body = request.body() == null ? new byte[0] : request.body();
    String above = request.path().substring(0, request.path().lastIndexOf('/') + 1);
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put("content-type", "application/json");
    List<Incoming> calls = new ArrayList<>();
    int from = 0;
    while (from < body.length) {
      int end = from;
      int space = -1;
      for (; end < body.length && body[end] != '\n'; end++) if (space < 0 && body[end] == ' ') space = end;
      String operation = space < 0 ? "" : new String(body, from, space - from, StandardCharsets.ISO_8859_1);
      if (!OPERATION.matcher(operation).matches()) {
        throw Refusal.invalid("line " + (calls.size() + 1), "Each line is an operation, a space and an object.");
      }
      if (calls.size() == MOST) throw Refusal.invalid("body", "At most %d calls go together.".formatted(MOST));
      calls.add(new Incoming("POST", above + operation, request.query(), headers,
          Arrays.copyOfRange(body, space + 1, end), bundle.principal()));
      from = end + 1;
    }
    return Reply.parts(calls);
  }

  /** An answer on its line. */
  static String line(int number, Gate.Answer answer) {
    String text = new String(answer.reply().bytes(), StandardCharsets.UTF_8);
    if (text.indexOf('\n') >= 0) text = text.replace('\n', ' '); // only between members: inside of a text it is escaped
    return number + " " + answer.reply().status() + " " + answer.headers().getOrDefault("Retry-After", "0") + " " + text
        + "\n";
  }
}
