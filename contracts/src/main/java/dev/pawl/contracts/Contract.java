package dev.pawl.contracts;

import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
    return Json.of("type", type, "version", version, "kind", kind.name(), "uri", uri, "schema", schema, "by", by).write();
  }

  /** @throws IllegalStateException what is stored is none */
  static Contract read(String namespace, String stored) {
    byte[] bytes = stored.getBytes(StandardCharsets.UTF_8);
    if (!(Json.read(bytes, Integer.MAX_VALUE) instanceof Parsed.Ok<Json> ok) || !(ok.value() instanceof Json.Obj said)) {
      throw new IllegalStateException("a contract of namespace %s is damaged: %s".formatted(namespace, stored));
    }
    int version = said.members().get("version") instanceof Json.Num number ? Integer.parseInt(number.text()) : 0;
    return new Contract(namespace, text(said, "type"), version, Kind.valueOf(text(said, "kind")), text(said, "uri"),
        text(said, "schema"), text(said, "by"));
  }

  private static String text(Json.Obj said, String member) {
    return said.members().get(member) instanceof Json.Str text ? text.value() : "";
  }
}
