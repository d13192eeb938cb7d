package dev.pawl.server.job;

import dev.pawl.protocol.uwer.UwerSchemas;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;

/** The schemas of both forms, where anybody can fetch them for ever. */
final class SchemaRoutes {
  private SchemaRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.get("schema.envelope", "/schemas/uwer/envelope-5.0.json", Plane.OPEN, Scope.PUBLIC,
            "JSON Schema of the envelope 5.0",
            call -> Reply.text(200, UwerSchemas.envelope(), "application/schema+json")),
        Route.get("schema.legacy_task", "/schemas/uwer/task-4.2.xsd", Plane.OPEN, Scope.PUBLIC,
            "XML Schema of the task 4.2", call -> Reply.text(200, UwerSchemas.legacyTask(), "application/xml")));
  }
}
