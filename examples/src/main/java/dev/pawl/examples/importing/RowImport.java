package dev.pawl.examples.importing;

import dev.pawl.sdk.Activity;
import dev.pawl.sdk.ActivityContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

// tag::activity[]
/** Imports a file row by row. An attempt that dies tells the next one, by its heartbeats, where to go on. */
public final class RowImport implements ImportActivities {
  private final Consumer<String> target;

  public RowImport(Consumer<String> target) {
    this.target = target;
  }

  @Override
  public long rows(String file) {
    ActivityContext context = Activity.context();
    List<String> rows = read(file);
    for (int next = context.lastHeartbeat(Integer.class).orElse(0); next < rows.size(); next++) {
      target.accept(rows.get(next));
      context.heartbeat(next + 1); // throws CancelledException when the work should stop
    }
    return rows.size();
  }

  private static List<String> read(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
// end::activity[]
