package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import java.util.HashMap;
import java.util.Map;

/** Which way a run goes where the code has changed. */
final class Versions {
  private final RunRuntime run;
  private final Map<String, Integer> taken = new HashMap<>();

  Versions(RunRuntime run) {
    this.run = run;
  }

  int of(String changeId, int min, int max) {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException("expected 1 <= min <= max, got %d and %d".formatted(min, max));
    }
    Integer before = taken.get(changeId);
    int version = before != null ? before : decide(changeId, min, max);
    taken.put(changeId, version);
    if (version < min || version > max) {
      throw run.broken(new RunBroken(Failure.of("UnsupportedVersion", ("this run took version %d of '%s', but the code at "
          + "%s has %d to %d only. Deploy code that still has it, or reset the run.").formatted(
              version, changeId, Source.here(), min, max))));
    }
    return version;
  }

  private int decide(String changeId, int min, int max) {
    Asks asks = run.asks();
    RunEvent.VersionMarkerRecorded marker = asks.recorded().version(changeId);
    if (marker == null && asks.recorded().reaches(asks.next())) return 1; // was past this point before it had a name
    if (marker != null && marker.step() != asks.next()) return marker.version(); // moved; its old number stays taken
    int version = marker != null ? marker.version() : max;
    Ask ask = asks.begin(Ask.Kind.VERSION, changeId);
    run.outbox().add(new Command.RecordVersion(ask.step, changeId, version, min, max));
    asks.close(ask);
    return version;
  }
}
