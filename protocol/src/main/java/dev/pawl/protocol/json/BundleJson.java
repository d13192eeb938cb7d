package dev.pawl.protocol.json;

import dev.pawl.core.run.Bundle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The member {@code bundle}: a list of levels, empty for a step that was asked for alone; absent for no bundle. */
final class BundleJson {
  private BundleJson() {}

  static void write(JsonText out, @Nullable Bundle bundle) {
    if (bundle == null) return;
    out.name("bundle").openList();
    for (Bundle.Level level : bundle.levels()) {
      out.open();
      out.text("kind", level.kind());
      out.number("first", level.first());
      out.number("size", level.size());
      out.number("index", level.index());
      out.close();
    }
    out.closeList();
  }

  static @Nullable Bundle read(Members m) {
    if (!m.has("bundle")) return null;
    List<Members> levels = m.objects("bundle");
    return levels.isEmpty()
        ? Bundle.ALONE
        : new Bundle(levels.stream()
            .map(l -> new Bundle.Level(l.text("kind"), l.integer("first"), l.integer("size"), l.integer("index")))
            .toList());
  }
}
