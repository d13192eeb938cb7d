package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;

/** Declared search attributes: section 6.9. */
final class SearchAttributeCases {
  private static final String ROUTE = "/search-attributes";

  private SearchAttributeCases() {}

  static void add(Suite suite) {
    Suite.Section section = suite.section("6.9", "Search attributes", Feature.SEARCH_ATTRIBUTES);
    section.check("system", "the system's attributes and their types are listed", s -> {
      Map<String, String> types = Map.of("WorkflowType", "keyword", "WorkflowId", "keyword", "RunId", "keyword",
          "Status", "keyword", "StartTime", "datetime", "CloseTime", "datetime", "TaskQueue", "keyword", "BuildId",
          "keyword");
      Answer got = s.operator().get(ROUTE).is(200);
      types.forEach((name, type) -> got.where("system_attributes/" + name, type));
      got.object("custom_attributes");
    });
    for (String type : List.of("keyword", "text", "int", "double", "bool", "datetime", "keyword_list")) {
      section.check("create-" + type, "an attribute of type %s is declared".formatted(type), s -> {
        String name = s.attribute("Own");
        s.operator().post(ROUTE, "name", name, "type", type).is(201).where("name", name, "type", type, "outcome",
            "created");
        s.operator().get(ROUTE).is(200).where("custom_attributes/" + name, type);
      });
    }
    section.check("create-type", "another type is refused",
        s -> s.operator().post(ROUTE, "name", s.attribute("Own"), "type", "blob").invalid("type"));
    section.check("create-name", "a name is needed, and one that fits", s -> {
      s.operator().post(ROUTE, "type", "int").invalid("name");
      s.operator().post(ROUTE, "name", "1st", "type", "int").refused(422, "validation_failed");
    });
    section.check("create-reserved", "a name of the system is reserved",
        s -> s.operator().post(ROUTE, "name", "WorkflowId", "type", "keyword").refused(409, "name_reserved"));
    section.check("create-twice", "a name is declared once", s -> {
      String name = s.attribute("Own");
      s.operator().post(ROUTE, "name", name, "type", "int").is(201);
      s.operator().post(ROUTE, "name", name, "type", "int").refused(409, "attribute_already_exists");
    });
    section.check("create-limit", "the advertised number of attributes is the limit", s -> {
      String space = s.namespace();
      long most = s.info().number("limits/max_search_attributes");
      for (long i = 0; i < most; i++) {
        s.operator().in(space).post(ROUTE, "name", s.attribute("Own"), "type", "int").is(201);
      }
      s.operator().in(space).post(ROUTE, "name", s.attribute("Own"), "type", "int")
          .refused(422, "search_attribute_limit_reached");
    }, Feature.SEARCH_ATTRIBUTE_LIMIT);
    section.check("delete", "what was declared can be forgotten", s -> {
      String name = s.attribute("Own");
      s.operator().post(ROUTE, "name", name, "type", "int").is(201);
      s.operator().delete(ROUTE + "/" + name).is(200).where("name", name, "outcome", "deleted");
      s.operator().get(ROUTE).is(200).lacks("custom_attributes/" + name);
    });
    section.check("delete-system", "the system's cannot",
        s -> s.operator().delete(ROUTE + "/RunId").refused(409, "system_attribute"));
    section.check("delete-not-found", "what is not there cannot",
        s -> s.operator().delete(ROUTE + "/" + s.attribute("None")).refused(404, "attribute_not_found"));
    section.check("namespaces", "attributes belong to a namespace", s -> {
      String space = s.namespace();
      String name = s.attribute("Own");
      s.operator().post(ROUTE, "name", name, "type", "int").is(201);
      s.operator().in(space).get(ROUTE).is(200).lacks("custom_attributes/" + name);
    });
    section.check("datetime", "a value of a declared datetime is a time", s -> {
      String name = s.attribute("Due");
      s.operator().post(ROUTE, "name", name, "type", "datetime").is(201);
      String at = s.start("search_attributes", Json.of(name, "2026-01-01T01:00:00+01:00")).describe()
          .text("search_attributes/" + name);
      Unmet.unless(java.time.OffsetDateTime.parse(at).toInstant().equals(java.time.Instant.parse(
          "2026-01-01T00:00:00Z")), "it became %s", at);
      s.operator().post("/workflows", "workflow_type", "t", "search_attributes", Json.of(name, "soon"))
          .refused(422, "validation_failed");
    });
  }
}
