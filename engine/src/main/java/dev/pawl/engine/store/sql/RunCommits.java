package dev.pawl.engine.store.sql;

import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.Write;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is committed about runs. The commit id on their rows and events tells whose they are. */
final class RunCommits implements Commits.Kind<Write, Packed> {
  private static final String OURS = """
      select 1 from pawl_runs where run_id = ? and commit_id = ?
      union all select 1 from pawl_events where run_id = ? and seq = ? and commit_id = ?""";

  private final Access access;
  private final CommitPath path;

  RunCommits(Access access, CommitPath path) {
    this.access = access;
    this.path = path;
  }

  @Override
  public Packed packed(int index, Write write) {
    return new Packed(index, write);
  }

  @Override
  public @Nullable String problemOf(Packed write) {
    return Texts.problemOf(write);
  }

  @Override
  public Predicate<Packed> claims() {
    return new GuardedPath.Claimed()::claims;
  }

  @Override
  public boolean[] commit(Link link, List<Packed> group, long commitId) throws SQLException {
    return path.commit(link, group, commitId);
  }

  /** A write without a run leaves no trace; deciding again finds the mail taken or the task closed. */
  @Override
  public boolean isOurs(Packed write, long commitId) {
    List<Packed.RunSheet> sheets = write.sheets();
    if (sheets.isEmpty()) return false;
    Packed.RunSheet sheet = sheets.getFirst();
    RunId run = sheet.id();
    long seq = sheet.events.isEmpty() ? 0 : sheet.events.getFirst().seq;
    return access.read(link -> {
      try (Call call = link.sql(OURS)) {
        return call.uuid(run.value()).number(commitId).uuid(run.value()).number(seq).number(commitId)
            .first(Row::number) != null;
      }
    });
  }
}
