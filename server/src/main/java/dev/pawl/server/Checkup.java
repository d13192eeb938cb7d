package dev.pawl.server;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.server.config.ServerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** {@code pawl server --check}: what would hold if a server started now. Changes nothing in a database. */
final class Checkup {
  private static final String LINE = "%-28s %s";
  /** What lies this far from the database's clock was set by hand, or by nobody. */
  private static final Duration FAR = Duration.ofSeconds(5);

  private Checkup() {}

  /**
   * @param clock this machine's
   * @throws RejectedException what would keep the server from starting
   */
  static void of(ServerConfig config, InstantSource clock, Consumer<String> say) {
    config.lines().forEach(say);
    try (PawlEngine engine = PawlServer.looker(config)) {
      // Opening it has verified them; it would have refused, with the setting's name.
      say.accept(LINE.formatted("database", "reached"));
      say.accept(LINE.formatted("durability", "a commit that was answered survives a crash: the settings are as they must be"));
      say.accept(LINE.formatted("migrations", "schema up to date"));
      say.accept(LINE.formatted("clock", clock(engine.now(), clock.instant())));
      say.accept(LINE.formatted("recovery", "work of a dead Java worker is granted again after "
          + engine.health().recoveryBound() + " at most"));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.SCHEMA_MISMATCH || !config.migrate() || !isBehind(e)) throw e;
      say.accept(LINE.formatted("database", "reached"));
      say.accept(LINE.formatted("migrations", "schema behind this build: the server brings it up to date when it starts"));
    }
  }

  /** Everything works by the database's clock; this machine's is for log lines, and for people who compare them. */
  private static String clock(Instant database, Instant here) {
    Duration apart = Duration.between(here, database);
    String said = "the database's says %s, %d ms %s this machine's".formatted(database, Math.abs(apart.toMillis()),
        apart.isNegative() ? "behind" : "before");
    return apart.abs().compareTo(FAR) > 0 ? said + "; set one of them right" : said;
  }

  private static boolean isBehind(RejectedException e) {
    return e.rejection().message().contains("behind this build");
  }
}
