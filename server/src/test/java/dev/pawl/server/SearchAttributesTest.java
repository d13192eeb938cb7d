package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of which type a search attribute is: as the namespace declares it, else as the program says, else as it looks. */
@Timeout(120)
class SearchAttributesTest {
  private static final String TEXT = "2026-01-01T01:00:00+01:00";
  private static final String TIME = "2026-01-01T00:00:00.000000Z";
  static Wire wire;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
    wire.register("ann", "typed");
    wire.post("/search-attributes", "name", "Declared", "type", "keyword").is(201);
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  private static Wire.Got upsert(String id, Map<String, @Nullable Object> attributes, Map<String, @Nullable Object> types) {
    wire.start("it", id, "typed");
    Map<String, @Nullable Object> task = wire.task("ann", "typed");
    Wire.Got got = wire.complete(task, Json.of("type", "upsert_search_attributes", "attributes", attributes,
        "attribute_types", types), Json.of("type", "complete_workflow"));
    if (got.status() != 200) wire.post("/workflows/" + id + "/terminate").is(200);
    return got;
  }

  private static Object kept(String id, String name) {
    return wire.get("/workflows/" + id).is(200).at("search_attributes." + name);
  }

  @Test
  void theProgramSaysTheTypeOfWhatIsNotDeclared() {
    upsert("says", Json.of("Due", TEXT, "Plain", TEXT), Json.of("Due", "datetime")).is(200);
    assertThat(kept("says", "Due")).isEqualTo(TIME);
    assertThat(kept("says", "Plain")).isEqualTo(TEXT);
  }

  @Test
  void aTypeThatNobodyKnowsIsNotCounted() {
    upsert("unknown", Json.of("Due", TEXT, "Many", 1), Json.of("Due", "date", "Many", 7)).is(200);
    assertThat(kept("unknown", "Due")).isEqualTo(TEXT);
    assertThat(kept("unknown", "Many")).isEqualTo(1L);
  }

  @Test
  void whatTheNamespaceDeclaresHoldsForEveryProgram() {
    upsert("declared", Json.of("Declared", TEXT), Json.of("Declared", "datetime")).is(200);
    assertThat(kept("declared", "Declared")).isEqualTo(TEXT);
  }

  @Test
  void aValueThatHasNotTheTypeIsRefused() {
    Wire.Got got = upsert("unfit", Json.of("Due", "soon"), Json.of("Due", "int")).refused(422, "validation_failed");
    assertThat(Json.object(got.at("errors"))).containsOnlyKeys("commands.0.attributes.Due");
  }

  @Test
  void aListHoldsTexts() {
    for (Object one : Arrays.asList(1, null, Map.of("a", 1), List.of("b"))) {
      wire.post("/workflows", "workflow_type", "it", "search_attributes", Json.of("Tags", Arrays.asList("a", one)))
          .refused(422, "validation_failed");
    }
  }

  @Test
  void aTimeThatNoDatabaseCanKeepIsRefused() {
    wire.post("/search-attributes", "name", "When", "type", "datetime").is(201);
    for (String far : List.of("+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z", "0000-01-01T00:00:00Z")) {
      assertThat(wire.post("/workflows", "workflow_type", "it", "search_attributes", Json.of("When", far)).status())
          .as(far).isEqualTo(422);
    }
  }
}
