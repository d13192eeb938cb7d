package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every code is explained, and nothing that is no code. */
class RejectionsPageTest {
  @Test
  void listsEachCodeOnceInTheirOrder() throws Exception {
    String page = Files.readString(Path.of(System.getProperty("pawl.root"), "docs", "guide", "rejections.md"));
    List<String> listed = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE).matcher(page).results()
        .map(row -> row.group(1)).toList();
    assertThat(listed).isEqualTo(Arrays.stream(Rejection.Code.values()).map(Enum::name).toList());
  }
}
