package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The few facts that Pawl itself puts into the details of a failure. What is missing or foreign reads as empty or 0. */
final class OwnFacts {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final @Nullable JsonNode facts;

  private OwnFacts(@Nullable JsonNode facts) {
    this.facts = facts;
  }

  static String write(Object... pairs) {
    Map<String, Object> facts = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) facts.put((String) pairs[i], pairs[i + 1]);
    return MAPPER.writeValueAsString(facts);
  }

  static OwnFacts read(@Nullable Payload details) {
    if (details == null || !details.codec().equals(Payload.JSON)) return new OwnFacts(null);
    try {
      return new OwnFacts(MAPPER.readTree(details.bytes()));
    } catch (JacksonException foreign) {
      return new OwnFacts(null);
    }
  }

  String text(String name) {
    return facts == null ? "" : facts.path(name).asString("");
  }

  long number(String name) {
    return facts == null ? 0 : facts.path(name).asLong(0);
  }
}
