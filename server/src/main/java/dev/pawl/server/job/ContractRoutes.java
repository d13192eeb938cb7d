package dev.pawl.server.job;

import dev.pawl.core.job.UwerCode;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.contracts.Contract;
import dev.pawl.contracts.Contracts;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is agreed about the payloads of types, registered and looked up. */
final class ContractRoutes {
  private static final String TYPE = "[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*";

  private final Contracts contracts;

  ContractRoutes(Contracts contracts) {
    this.contracts = contracts;
  }

  List<Route> routes() {
    return List.of(
        Route.post("contract.register", "/jobs/types/{type}/contracts", Plane.JOB, Scope.ADMIN,
            "A new version of what is agreed about a type: JSON Schema 2020-12 or XML Schema", this::register)
            .documents("application/schema+json", "application/json", "application/xml", "text/xml")
            .query(Field.text("uri", 255, "by which payloads name it; one of its own unless said")),
        Route.get("contract.list", "/jobs/types/{type}/contracts", Plane.JOB, Scope.ANY,
            "All versions for a type, oldest first", this::list),
        Route.get("contract.get", "/jobs/types/{type}/contracts/{version}", Plane.JOB, Scope.ANY,
            "One version, as it was registered", this::one));
  }

  private Reply register(Call call) {
    String type = call.parameter("type");
    if (type.length() > 128 || !type.matches(TYPE)) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "'%s' is no name of a type".formatted(type), "/type");
    }
    Contract.Kind kind = Form.isXml(call.raw().media()) ? Contract.Kind.XSD : Contract.Kind.JSON;
    Contracts.Registered made = JobRoutes.read(contracts.register(call.namespace(), type, kind,
        new String(call.document(), StandardCharsets.UTF_8), uri(call), call.principal().name()));
    return Reply.text(made.isNew() ? 201 : 200, line(made.contract()).write(), Form.JSON.contentType());
  }

  private static @Nullable String uri(Call call) {
    String said = JobRoutes.asked(call, "uri");
    if (said == null) return null;
    try {
      if (said.length() <= 255 && new URI(said).isAbsolute()) return said;
    } catch (URISyntaxException e) {
      // said below
    }
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected an absolute URI of at most 255 characters", "/uri");
  }

  private static Json line(Contract one) {
    return Json.of("namespace", one.namespace(), "type", one.type(), "version", one.version(), "kind",
        one.kind().wire(), "uri", one.uri(), "registered_by", one.by());
  }

  private Reply list(Call call) {
    return JobRoutes.reply(Json.of("contracts", contracts.of(call.namespace(), call.parameter("type")).stream()
        .map(ContractRoutes::line).toList()));
  }

  private Reply one(Call call) {
    String version = call.parameter("version");
    Contract found = version.matches("[0-9]{1,6}")
        ? contracts.find(call.namespace(), call.parameter("type"), Long.parseLong(version)).orElse(null)
        : null;
    if (found == null) {
      throw UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no version %s of a contract for %s".formatted(version,
          call.parameter("type")), null);
    }
    return Reply.text(200, found.schema(), found.kind().contentType());
  }
}
