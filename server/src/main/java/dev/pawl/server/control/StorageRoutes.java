package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.storage.StorageTrial;
import dev.pawl.server.storage.StoragePolicy;
import java.util.List;

/** Trying out whether the payload storage of a namespace can be reached. */
public final class StorageRoutes {
  private final StorageTrial trial;

  public StorageRoutes(StorageTrial trial) {
    this.trial = trial;
  }

  public List<Route> routes() {
    return List.of(Route.post("storage.test", "/storage/test", CONTROL, Scope.ADMIN,
        "Store, fetch and delete two payloads in the storage of the namespace", this::test).body(
        Field.text("driver", 16, "the policy's, if it is given").oneOf(StoragePolicy.DRIVERS.toArray(String[]::new)),
        Field.integer("small_payload_bytes", 1, 1_048_576, "default 64"),
        Field.integer("large_payload_bytes", 1, 16_777_216, "default 1048576")));
  }

  private Reply test(Call call) {
    StorageTrial.Report report = trial.run(call.namespace(), call.text("driver"),
        (int) call.integer("small_payload_bytes", 64), (int) call.integer("large_payload_bytes", 1_048_576));
    return Reply.ok(Json.of("status", "passed", "namespace", call.namespace(), "driver", report.driver(),
        "small_payload", report.small(), "large_payload", report.large()));
  }
}
