package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.JobStore.Write;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is committed about jobs. The line of a change, or the row of a new job, tells whose it is. */
final class JobCommits implements Commits.Kind<Write, PackedJobs> {
  private final JobPath path;
  private final JobLoading loading;

  JobCommits(JobPath path, JobLoading loading) {
    this.path = path;
    this.loading = loading;
  }

  @Override
  public PackedJobs packed(int index, Write write) {
    return new PackedJobs(index, write);
  }

  @Override
  public @Nullable String problemOf(PackedJobs write) {
    for (JobSheet sheet : write.sheets) {
      if (sheet.kind != JobSheet.Kind.BORN) continue;
      var spec = sheet.after.spec();
      for (String[] name : new String[][] {
          {"namespace", spec.namespace()}, {"type", spec.type()}, {"key", spec.key()}}) {
        String problem = Texts.name(name[0], name[1]);
        if (problem != null) return problem;
      }
      JobRows.digest(spec.digest());
    }
    return null;
  }

  @Override
  public Predicate<PackedJobs> claims() {
    return new PackedJobs.Claimed()::claims;
  }

  @Override
  public Object together(PackedJobs write) {
    return path.together(write);
  }

  @Override
  public boolean[] commit(Link link, List<PackedJobs> group, long commitId) throws SQLException {
    return path.commit(link, group);
  }

  /** A change without a line leaves no trace. */
  @Override
  public boolean isOurs(PackedJobs write, long commitId) {
    JobSheet sheet = write.only();
    if (sheet.kind == JobSheet.Kind.BORN) return loading.specs(List.of(sheet.id())).containsKey(sheet.id());
    if (sheet.lines.isEmpty()) return false;
    JobSheet.Line ours = sheet.lines.getLast();
    return loading.lines(sheet.id()).stream().anyMatch(line -> line.version() == ours.version()
        && line.what().event() == ours.what().event() && line.what().actor().equals(ours.what().actor())
        && Micros.of(line.what().at()) == Micros.of(ours.what().at()));
  }
}
