package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.engine.store.JobStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One write, turned into sheets. */
final class PackedJobs implements Commits.Sent {
  private final int index;
  final List<JobSheet> sheets;
  private final int bytes;

  PackedJobs(int index, JobStore.Write write) {
    this.index = index;
    sheets = new ArrayList<>(write.changes().size());
    int sum = 0;
    for (JobDecision.Change<?> change : write.changes()) {
      JobSheet sheet = new JobSheet(change);
      sum += sheet.bytes();
      sheets.add(sheet);
    }
    bytes = sum;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  /** Whether it is one sheet that the set-based statements can say: at most one line, nothing beside it. */
  boolean plain() {
    if (sheets.size() != 1) return false;
    JobSheet sheet = sheets.getFirst();
    return switch (sheet.kind) {
      case BORN -> !sheet.tied();
      case ENDS -> sheet.lines.size() == 1 && !sheet.audited();
      case STAYS -> sheet.lines.size() <= 1 && !sheet.audited();
      case RETURNS -> false;
    };
  }

  JobSheet only() {
    return sheets.getFirst();
  }

  /** Jobs and keys that two writes of one group want: the later write falls out and is decided again. */
  static final class Claimed {
    private final Set<Object> taken = new HashSet<>();

    boolean claims(PackedJobs write) {
      if (write.plain()) return taken.add(key(write.only()));
      List<Object> own = new ArrayList<>();
      for (JobSheet sheet : write.sheets) {
        own.add(key(sheet));
        if (sheet.stands != null) own.add(JobTieRows.key(sheet.stands));
        if (sheet.completes != null) own.add(sheet.completes.batch());
      }
      if (new HashSet<>(own).size() != own.size()) throw new IllegalArgumentException("one job twice in a write");
      for (Object key : own) if (taken.contains(key)) return false;
      taken.addAll(own);
      return true;
    }

    private static Object key(JobSheet sheet) {
      if (sheet.kind != JobSheet.Kind.BORN) return sheet.id();
      return sheet.key();
    }
  }

  /** Ids in the order in which every node locks them. */
  static int compare(JobId a, JobId b) {
    int high = Long.compareUnsigned(a.value().getMostSignificantBits(), b.value().getMostSignificantBits());
    return high != 0 ? high
        : Long.compareUnsigned(a.value().getLeastSignificantBits(), b.value().getLeastSignificantBits());
  }
}
