package dev.pawl.server.http;

import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routes as an OpenAPI 3.1 document: made from the very data that requests are checked against. */
public final class OpenApi {
  private OpenApi() {}

  public static Map<String, @Nullable Object> of(List<Route> routes, String version) {
    Map<String, @Nullable Object> paths = Json.of();
    for (Route route : routes) {
      Map<String, @Nullable Object> path = Json.object(paths.computeIfAbsent("/api" + route.path(), key -> Json.of()));
      path.put(route.method().toLowerCase(Locale.ROOT), operation(route));
      paths.put("/api" + route.path(), path);
    }
    return Json.of("openapi", "3.1.0", "info", Json.of("title", "Pawl", "version", version, "description",
            "Durable workflows over HTTP: the control plane, and the plane of workers in any language."), "paths",
                paths,
        "components", Json.of("securitySchemes", Json.of("bearer", Json.of("type", "http", "scheme", "bearer")),
            "schemas",
            Json.of("Envelope", Json.of("type", "object", "required", List.of("codec", "blob"), "properties", Json.of(
                "codec", Json.of("const", "avro"), "blob", Json.of("type", "string", "contentEncoding", "base64"))),
                "Refusal", Json.of("type", "object", "required", List.of("reason"), "properties", Json.of("message",
                    Json.of("type", "string"), "reason", Json.of("type", "string"), "errors", Json.of("type",
                        "object"))))));
  }

  private static Map<String, @Nullable Object> operation(Route route) {
    List<Map<String, @Nullable Object>> parameters = new ArrayList<>();
    for (String name : route.parameters()) {
      parameters.add(Json.of("name", name, "in", "path", "required", true, "schema", Json.of("type", "string")));
    }
    for (Field field : route.query()) {
      parameters.add(Json.of("name", field.name(), "in", "query", "required", false, "description", field.note(),
          "schema",
          schema(field)));
    }
    if (route.inNamespace()) {
      parameters.add(Json.of("name", "X-Namespace", "in", "header", "required", false, "schema", Json.of("type",
          "string")));
    }
    Map<String, @Nullable Object> operation = Json.of("operationId", route.name(), "summary", route.summary(), "tags",
        List.of(route.plane().name().toLowerCase(Locale.ROOT)), "parameters", parameters);
    if (!route.fields().isEmpty()) {
      Map<String, @Nullable Object> properties = Json.of();
      List<String> required = new ArrayList<>();
      for (Field field : route.fields()) {
        properties.put(field.name(), schema(field));
        if (field.required()) required.add(field.name());
      }
      operation.put("requestBody", Json.of("required", !required.isEmpty(), "content", Json.of("application/json",
          Json.of("schema", Json.of("type", "object", "properties", properties, "required", required)))));
    }
    if (!route.media().isEmpty()) {
      Map<String, @Nullable Object> content = Json.of();
      route.media().forEach(type -> content.put(type, Json.of()));
      operation.put("requestBody", Json.of("required", true, "content", content));
    }
    operation.put("responses", Json.of("2XX", Json.of("description", "done"), "default",
        Json.of("description", "refused", "content", Json.of("application/json",
            Json.of("schema", Json.of("$ref", "#/components/schemas/Refusal"))))));
    operation.put("security", route.scope() == Scope.PUBLIC ? List.of() : List.of(Json.of("bearer", List.of())));
    operation.put("x-roles", route.scope().roles().stream().map(role -> role.wire()).toList());
    return operation;
  }

  private static Map<String, @Nullable Object> schema(Field field) {
    Map<String, @Nullable Object> schema = switch (field.type()) {
      case TEXT -> Json.of("type", "string", "maxLength", field.max());
      case INTEGER -> Json.of("type", "integer", "minimum", field.min(), "maximum", field.max());
      case BOOLEAN -> Json.of("type", "boolean");
      case OBJECT -> Json.of("type", "object");
      case LIST -> Json.of("type", "array");
      case PAYLOAD -> Json.of("anyOf", List.of(Json.of("$ref", "#/components/schemas/Envelope"), Json.of()));
      case ANY -> Json.of();
    };
    if (!field.choices().isEmpty()) schema.put("enum", field.choices());
    if (!field.note().isEmpty()) schema.put("description", field.note());
    return schema;
  }
}
