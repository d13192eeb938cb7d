package dev.pawl.server.sdk;

import dev.pawl.core.run.Run;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.json.CallGuard;
import dev.pawl.protocol.json.ControlCalls;
import dev.pawl.protocol.json.ScheduleCalls;
import dev.pawl.protocol.json.WorkCalls;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.fleet.Admission;
import dev.pawl.server.fleet.LimitedWork;
import dev.pawl.server.http.Bundle;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One route for each thing that Java programs can ask. */
public final class SdkRoutes {
  private static final String JSON = "application/json";
  /** A report may carry several values of the largest size, and text grows when it is escaped. */
  private static final int LARGE = 8;

  private final PawlEngine engine;
  private final WorkerApi work;
  private final Handed handed;

  public SdkRoutes(PawlEngine engine, Admission admission) {
    this.engine = engine;
    this.work = LimitedWork.of(engine.worker(), admission);
    this.handed = new Handed();
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    ControlCalls.OPERATIONS.forEach((operation, summary) -> routes.add(route(operation, Scope.OPERATOR, summary,
        call -> Reply.text(200, ControlCalls.answer(operation, body(call), engine.control(), guard(call)), JSON))));
    ScheduleCalls.OPERATIONS.forEach((operation, summary) -> routes.add(route(operation, Scope.OPERATOR, summary,
        call -> Reply.text(200, ScheduleCalls.answer(operation, body(call), engine.schedules(), guard(call)), JSON))));
    WorkCalls.OPERATIONS.forEach((operation, summary) -> routes.add(route(operation, Scope.WORKER, summary,
        call -> work(operation, call))));
    routes.add(Route.post("sdk.bundle", "/sdk/bundle", Plane.SDK, Scope.ANY,
        "Several calls at once; the answer to each comes on a line of its own", call -> Bundle.open(call))
        .documents(Bundle.MEDIA).large(LARGE).anyNamespace());
    return routes;
  }

  private static Route route(String operation, Scope scope, String summary, Handler handler) {
    return Route.post("sdk." + operation.replace('/', '.'), "/sdk/" + operation, Plane.SDK, scope, summary, handler)
        .documents(JSON).large(LARGE).anyNamespace();
  }

  private static String body(Call call) {
    return new String(call.document(), StandardCharsets.UTF_8);
  }

  private Reply work(String operation, Call call) {
    String body = body(call);
    String poll = WorkCalls.pollId(operation, body);
    if (poll != null) {
      Optional<Handed.Answer> before = handed.again(poll);
      if (before.isPresent()) return reply(before.get());
    }
    WorkCalls.Answer answer = WorkCalls.answer(operation, body, work, guard(call));
    return reply(handed.keep(poll, answer));
  }

  private Reply reply(Handed.Answer answer) {
    Reply reply = Reply.text(200, answer.text(), JSON);
    return answer.takeBack() == null ? reply : reply.orElse(() -> handed.takeBack(answer));
  }

  // ---- who may touch what

  private CallGuard guard(Call call) {
    Principal caller = call.principal();
    return new CallGuard() {
      @Override
      public void namespace(String namespace) {
        if (caller.mayTouch(namespace)) return;
        throw new RejectedException(Rejection.because(Rejection.Code.FORBIDDEN,
            "this token is not for namespace '%s'".formatted(namespace)));
      }

      @Override
      public void run(RunId id) {
        if (caller.namespaces().isEmpty()) return;
        Run run = engine.store().load(new Store.Wanted(List.of(id), List.of(), List.of(), List.of(), List.of()))
            .runs().get(id);
        // Of a run that is not there, whoever is asked next says so.
        if (run != null) namespace(run.state().namespace());
      }
    };
  }

}
