package dev.pawl.server.job;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.contracts.Contracts;
import dev.pawl.server.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** All routes about jobs, and those of operators about runs. */
public final class JobPlane {
  private final List<Route> routes = new ArrayList<>();

  /**
   * @param namespaces whether a namespace exists
   * @param leases under which the engine gives out work
   * @param contracts what is agreed about payloads
   * @param papers what operators show
   * @param key of the seals of callback tokens and rehearsals, the same on all nodes
   */
  public JobPlane(PawlEngine engine, Predicate<String> namespaces, LeaseTimings leases,
      Contracts contracts, Papers papers, String key) {
    CallbackSeal seal = new CallbackSeal(key);
    Tenants tenants = new Tenants(namespaces);
    Ingress ingress = new Ingress(engine.jobs(), tenants);
    routes.addAll(ingress.routes());
    routes.addAll(new JobRoutes(engine.jobs(), seal).routes());
    routes.addAll(new FlowRoutes(engine).routes());
    routes.addAll(new BatchRoutes(engine.jobs()).routes());
    routes.addAll(new NodeRoutes(engine, tenants, seal, leases.leaseTime()).routes());
    routes.addAll(new EffectRoutes(engine).routes());
    Rehearsals rehearsals = new Rehearsals(key);
    RedriveRoutes redrives = new RedriveRoutes(engine.jobs());
    routes.addAll(redrives.routes());
    routes.addAll(new AuditRoutes(engine.jobs(), engine.operators()).routes());
    routes.addAll(new RunOperatorRoutes(engine, papers, rehearsals).routes());
    routes.addAll(new OperatorRoutes(engine, papers, rehearsals, redrives).routes());
    routes.addAll(new ContractRoutes(contracts).routes());
    routes.addAll(SchemaRoutes.routes());
  }

  public List<Route> routes() {
    return routes;
  }
}
