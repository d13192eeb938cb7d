package dev.pawl.engine.store.sql;

import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Lines that the store itself writes in one transaction about damage of one run. */
final class Ledger {
  private final Link link;
  private final RunId run;
  private final String namespace;
  private final long epoch;
  private final Instant now;
  private final long commitId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private int ord;

  Ledger(Link link, RunId run, String namespace, long epoch, Instant now) {
    this.link = link;
    this.run = run;
    this.namespace = namespace;
    this.epoch = epoch;
    this.now = now;
  }

  void line(int step, String what, String reason) throws SQLException {
    try (Call note = link.sql(RowWriter.INSERT_NOTE)) {
      note.uuid(run.value()).instant(now).number(commitId).number(ord++).text(namespace).number(step).number(epoch)
          .text(what).text(Store.CORRUPT).text("pawl").text(Texts.words(reason)).update();
    }
  }
}
