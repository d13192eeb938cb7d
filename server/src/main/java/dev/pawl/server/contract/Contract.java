package dev.pawl.server.contract;

import dev.pawl.server.json.Json;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One version of what is agreed about a type.
 *
 * @param version 1, 2, 3 ...
 * @param uri by which a payload names it
 * @param schema its text
 * @param by who registered it
 */
public record Contract(String namespace, String type, int version, Kind kind, String uri, String schema, String by) {

  /** What language it is in, and so which payloads it is about. */
  public enum Kind {
    /** JSON Schema 2020-12. */
    JSON("application/schema+json"),
    /** XML Schema 1.0. */
    XSD("application/xml");

    private final String contentType;

    Kind(String contentType) {
      this.contentType = contentType;
    }

    public String contentType() {
      return contentType;
    }

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The name of a contract that was given none. */
  static String uri(String namespace, String type, int version) {
    return "urn:pawl:contract:%s:%s:%d".formatted(namespace, type, version);
  }

  /** Sorted by type, then version. */
  static String name(String type, int version) {
    return "%s@%06d".formatted(type, version);
  }

  String text() {
    return Json.text(Json.of("type", type, "version", version, "kind", kind.name(), "uri", uri, "schema", schema, "by",
        by));
  }

  static Contract read(String namespace, String stored) {
    Map<String, @Nullable Object> said = Json.stored(stored);
    Long version = Json.integer(said, "version");
    return new Contract(namespace, Json.string(said, "type", ""), version == null ? 0 : version.intValue(),
        Kind.valueOf(Json.string(said, "kind", Kind.JSON.name())), Json.string(said, "uri", ""),
        Json.string(said, "schema", ""), Json.string(said, "by", ""));
  }
}
