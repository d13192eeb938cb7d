package dev.pawl.examples.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.TestPawl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {
  @TempDir
  Path folder;

  @Test
  void goesOnWhereTheLastAttemptWas() throws IOException {
    Path file = Files.write(folder.resolve("rows"), List.of("a", "b", "c", "d"));
    List<String> rows = new CopyOnWriteArrayList<>();
    AtomicBoolean broken = new AtomicBoolean(true);
    RowImport imports = new RowImport(row -> {
      if (row.equals("c") && broken.getAndSet(false)) throw new IllegalStateException("the target is away");
      rows.add(row);
    });
    try (TestPawl pawl = TestPawl.onSqlite().workflow("import", ImportWorkflow::new)
        .activities("import", ImportActivities.class, imports).autoSkip().start()) {
      assertThat(pawl.start("import", "i-1", file.toString()).result(Long.class)).isEqualTo(4);
      assertThat(rows).containsExactly("a", "b", "c", "d");
    }
  }
}
