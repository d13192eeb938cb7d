package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.engine.store.Declarations;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Search attributes that a namespace declares, with their types. Undeclared ones work, too,
    by the type of the value. */
public final class SearchAttributeRoutes {
  private static final Map<String, @Nullable Object> SYSTEM = Json.of("WorkflowType", "keyword", "WorkflowId",
      "keyword",
      "RunId", "keyword", "Status", "keyword", "StartTime", "datetime", "CloseTime", "datetime", "TaskQueue", "keyword",
      "BuildId", "keyword");

  private final Declarations declared;
  private final SearchTypes types;

  public SearchAttributeRoutes(Declarations declared, SearchTypes types) {
    this.declared = declared;
    this.types = types;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("search_attribute.list", "/search-attributes", CONTROL, Scope.OPERATOR, "All search attributes",
            call -> Reply.ok(Json.of("system_attributes", SYSTEM, "custom_attributes", types.of(call.namespace())))),
        Route.post("search_attribute.create", "/search-attributes", CONTROL, Scope.OPERATOR,
            "Declare a search attribute", this::create).body(
            Field.text("name", 128, "a letter, then letters, digits or _").must(),
            Field.text("type", 16, "").must().oneOf("keyword", "text", "int", "double", "bool", "datetime",
                "keyword_list")),
        Route.delete("search_attribute.delete", "/search-attributes/{name}", CONTROL, Scope.OPERATOR,
            "Forget a search attribute's declaration", this::delete));
  }

  private Reply create(Call call) {
    String name = call.text("name", "");
    if (SYSTEM.containsKey(name) || name.equals(Attributes.BUSINESS_KEY)) {
      throw new Refusal(409, "name_reserved", "'%s' is an attribute that every run has".formatted(name));
    }
    if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,127}")) {
      throw Refusal.invalid("name", "The name field is a letter, then letters, digits or _.");
    }
    if (!declared.declare(call.namespace(), SearchTypes.KIND, name, Json.text(Json.of("type", call.text("type"))))) {
      throw new Refusal(409, "attribute_already_exists", "'%s' is declared already".formatted(name));
    }
    return Reply.of(201, Json.of("name", name, "type", call.text("type"), "outcome", "created"));
  }

  private Reply delete(Call call) {
    String name = call.parameter("name");
    if (SYSTEM.containsKey(name)) {
      throw new Refusal(409, "system_attribute", "'%s' is an attribute that every run has".formatted(name));
    }
    if (!declared.remove(call.namespace(), SearchTypes.KIND, name)) {
      throw new Refusal(404, "attribute_not_found", "there is no search attribute '%s'".formatted(name));
    }
    return Reply.ok(Json.of("name", name, "outcome", "deleted"));
  }
}
