package dev.pawl.conformance;

import dev.pawl.conformance.wire.Credential;
import dev.pawl.conformance.wire.Target;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param report a folder for the reports; null: none
 * @param only the beginning of the ids of the cases that are played
 * @param carrier port of this machine where the server's carrier calls; null: it does not
 */
record Options(Target target, @Nullable Path report, String only, boolean slow, boolean list, int atOnce,
    @Nullable Integer carrier) {
  static final String USAGE = """
      Usage: ./pawl conformance --url URL [OPTION...]

        --url URL          the server, without /api
        --token T          a token that may do everything; or one for each role:
        --worker-token T --operator-token T --admin-token T
        --worker-key K --operator-key K --admin-key K
                           keys instead of tokens, for a server that wants signatures
        --namespace N      what the cases use, 'default' if not given; it has to exist
        --only PREFIX      cases whose id begins so, such as 6.3/ or 11/
        --report FOLDER    write junit.xml and report.html there
        --carrier PORT     answer the calls of the server's carrier on this port of this
                           machine; docs/contracts/conformance.md has the server's file
        --slow             play the cases that take ten seconds or more, too
        --at-once N        how many cases are played side by side, 16 if not given
        --list             print the cases, ask nobody

      Cases that the server says it has no support for count as skipped, never as passed.
      Exit code: 0 nothing failed, 1 something failed, 2 the run could not begin.
      """;
  private static final Set<String> FLAGS = Set.of("--slow", "--list");
  private static final Set<String> VALUES = Set.of("--url", "--token", "--worker-token", "--operator-token",
      "--admin-token", "--worker-key", "--operator-key", "--admin-key", "--namespace", "--only", "--report",
      "--at-once", "--carrier");

  /** @throws IllegalArgumentException with words for whoever typed it */
  static Options of(List<String> arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      if (FLAGS.contains(name)) {
        given.put(name, "");
      } else if (!VALUES.contains(name)) {
        throw new IllegalArgumentException("there is no option '%s'".formatted(name));
      } else if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("expected a value behind %s".formatted(name));
      } else {
        given.put(name, arguments.get(++i));
      }
    }
    boolean list = given.containsKey("--list");
    String url = given.getOrDefault("--url", list ? "http://nowhere" : "");
    if (!url.matches("https?://\\S+")) throw new IllegalArgumentException("expected --url http://HOST:PORT");
    String report = given.get("--report");
    return new Options(target(url.replaceAll("/+$", ""), given), report == null ? null : Path.of(report),
        given.getOrDefault("--only", ""), given.containsKey("--slow"), list, number(given), carrier(given));
  }

  private static int number(Map<String, String> given) {
    String text = given.getOrDefault("--at-once", "16");
    if (!text.matches("[1-9]\\d{0,2}")) throw new IllegalArgumentException("expected --at-once 1 to 999, got " + text);
    return Integer.parseInt(text);
  }

  private static @Nullable Integer carrier(Map<String, String> given) {
    String text = given.get("--carrier");
    if (text == null) return null;
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65_535) throw new IllegalArgumentException("expected --carrier 1 to 65535, got " + text);
    return port;
  }

  private static Target target(String url, Map<String, String> given) {
    String namespace = given.getOrDefault("--namespace", "default");
    Target byToken = byRole(url, namespace, given, "token", Credential.Token::new);
    Target byKey = byRole(url, namespace, given, "key", Credential.Key::new);
    String token = given.get("--token");
    int ways = (byToken == null ? 0 : 1) + (byKey == null ? 0 : 1) + (token == null ? 0 : 1);
    if (ways > 1) throw new IllegalArgumentException("expected --token, or tokens by role, or keys by role");
    if (byToken != null) return byToken;
    if (byKey != null) return byKey;
    return Target.of(url, namespace, token == null ? new Credential.Nobody() : new Credential.Token(token));
  }

  private static @Nullable Target byRole(String url, String namespace, Map<String, String> given, String kind,
      Function<String, Credential> credential) {
    String worker = given.get("--worker-" + kind);
    String operator = given.get("--operator-" + kind);
    String admin = given.get("--admin-" + kind);
    if (worker == null && operator == null && admin == null) return null;
    if (worker == null || operator == null || admin == null) {
      throw new IllegalArgumentException("expected --worker-%1$s, --operator-%1$s and --admin-%1$s".formatted(kind));
    }
    return Target.of(url, namespace, credential.apply(worker), credential.apply(operator), credential.apply(admin));
  }
}
