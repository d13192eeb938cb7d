package dev.pawl.server.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Declarations;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.http.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The worker nodes that speak HTTP. A session and its leases are the engine's; what is kept besides is which session is
 * the newest of a node, and whether it has synchronised. What may happen when is {@link NodeState#on}.
 */
final class Nodes {
  private static final String KIND = "job-node";
  private static final int LONGEST_WORKER = 255;

  private final PawlEngine engine;
  private final Declarations declared;
  /** Sessions that this server's engine knows. */
  private final Set<SessionId> open = ConcurrentHashMap.newKeySet();

  Nodes(PawlEngine engine) {
    this.engine = engine;
    this.declared = engine.store().declarations();
  }

  @Nullable Node find(String namespace, String id) {
    return declared.find(namespace, KIND, id).map(it -> Node.read(it.name(), it.data())).orElse(null);
  }

  List<Node> all(String namespace) {
    return declared.list(namespace, KIND).stream().map(it -> Node.read(it.name(), it.data())).toList();
  }

  private Node keep(String namespace, Node node) {
    declared.put(namespace, KIND, node.id(), node.text());
    return node;
  }

  // ---- beginning

  /** A new session of a node. One that was there before is superseded: what it held is taken back as lost. */
  UwerMessage.HeartbeatAck start(String namespace, UwerMessage.Heartbeat beat) {
    if (beat.state() != NodeState.SYNC) throw wrong("a session begins in SYNC", "/body/state");
    if (!beat.leases().isEmpty()) throw wrong("a session begins without leases", "/body/leases");
    List<String> types = beat.types();
    if (types == null || types.isEmpty()) throw wrong("a node says what it can handle", "/body/types");
    Node before = find(namespace, beat.nodeId());
    if (before != null && before.session().equals(beat.session())) {
      return switch (before.state()) {
        case SYNC -> ack(beat, List.of(), List.of(), true); // its answer was lost
        case LOST, GONE -> throw superseded(beat.session());
        default -> throw refused(NodeState.on(before.state(), NodeState.Event.START), before);
      };
    }
    Node node = new Node(beat.nodeId(), beat.session(), NodeState.SYNC, capacity(beat), types);
    opened(node);
    keep(namespace, node);
    if (before != null) {
      engine.worker().close(before.session());
      open.remove(before.session());
    }
    return ack(beat, List.of(), List.of(), true);
  }

  private static int capacity(UwerMessage.Heartbeat beat) {
    return (int) Math.min(beat.capacity(), 10_000);
  }

  private void opened(Node node) {
    String worker = node.id().length() <= LONGEST_WORKER ? node.id() : node.id().substring(0, LONGEST_WORKER);
    engine.worker().open(new WorkerApi.OpenSession(node.session(), worker, Math.max(1, node.capacity()), null));
    open.add(node.session());
  }

  /** The node, if this is its newest session and nobody has given that up. */
  private Node current(String namespace, String id, SessionId session) {
    Node node = find(namespace, id);
    if (node == null || !node.session().equals(session)) throw superseded(session);
    if (node.state() == NodeState.LOST || node.state() == NodeState.GONE) throw superseded(session);
    return node;
  }

  private static Refusal superseded(SessionId session) {
    return UwerAnswers.refusal(UwerCode.SESSION_LOST,
        "session %s was superseded, declared lost, or never began: start a new one".formatted(session), null);
  }

  private static Refusal wrong(String message, String pointer) {
    return UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, message, pointer);
  }

  private static Refusal refused(NodeState.Step step, Node node) {
    UwerCode code = step instanceof NodeState.Step.Refused no ? no.code() : UwerCode.ILLEGAL_TRANSITION;
    return UwerAnswers.refusal(code, "node %s is %s".formatted(node.id(), node.state()), null);
  }

  // ---- heartbeats

  /** The node shows what it believes it holds, and learns what of it the store confirms. Then it may be granted leases. */
  UwerMessage.HeartbeatAck sync(String namespace, UwerMessage.Heartbeat beat) {
    if (beat.state() != NodeState.SYNC) throw wrong("expected state SYNC, got " + beat.state(), "/body/state");
    Node node = said(current(namespace, beat.nodeId(), beat.session()), beat);
    WorkerApi.HeartbeatAck heard = beat(namespace, node, beat);
    if (node.state() == NodeState.DRAINING) return ack(beat, heard, false);
    keep(namespace, node.in(NodeState.IDLE));
    return ack(beat, heard, false);
  }

  UwerMessage.HeartbeatAck heartbeat(String namespace, UwerMessage.Heartbeat beat) {
    Node known = current(namespace, beat.nodeId(), beat.session());
    Node node = said(known, beat);
    WorkerApi.HeartbeatAck heard = beat(namespace, node, beat);
    NodeState next = next(node, beat, heard);
    if (next == NodeState.DRAINING && beat.leases().isEmpty() && held(node) == 0) {
      engine.worker().close(node.session());
      open.remove(node.session());
      next = NodeState.GONE;
    }
    if (!node.in(next).equals(known)) keep(namespace, node.in(next));
    return ack(beat, heard, next == NodeState.SYNC);
  }

  private static NodeState next(Node node, UwerMessage.Heartbeat beat, WorkerApi.HeartbeatAck heard) {
    NodeState.Event event = beat.state() == NodeState.DRAINING ? NodeState.Event.SIGTERM
        : beat.state() == NodeState.SYNC ? NodeState.Event.UNACKNOWLEDGED
        : heard.mustSync() ? NodeState.Event.MUST_SYNC
        : null;
    if (event == null || node.state() == NodeState.DRAINING) return node.state();
    // An idle node that is told to stop is gone at once; whether it holds nothing is looked at by the caller.
    if (event == NodeState.Event.SIGTERM) return NodeState.DRAINING;
    return NodeState.on(node.state(), event) instanceof NodeState.Step.To to ? to.state() : node.state();
  }

  /** With what the heartbeat says anew. */
  private static Node said(Node node, UwerMessage.Heartbeat beat) {
    List<String> types = beat.types();
    return new Node(node.id(), node.session(), node.state(), capacity(beat),
        types == null || types.isEmpty() ? node.types() : types);
  }

  private WorkerApi.HeartbeatAck beat(String namespace, Node node, UwerMessage.Heartbeat beat) {
    List<TaskToken> holding = new ArrayList<>(beat.leases().size());
    List<JobWorkApi.Progress> progress = new ArrayList<>();
    for (UwerMessage.LeaseRef lease : beat.leases()) {
      holding.add(token(lease));
      Long count = lease.progress();
      if (count != null && count > 0) {
        progress.add(new JobWorkApi.Progress(lease.task(), lease.epoch(), node.session(), count));
      }
    }
    try {
      if (!open.contains(node.session())) opened(node);
      WorkerApi.HeartbeatAck heard = engine.worker().heartbeat(
          new WorkerApi.Heartbeat(node.session(), beat.seq(), beat.state().name(), holding, List.of()));
      if (!progress.isEmpty()) engine.jobWork().progress(progress);
      return heard;
    } catch (RejectedException e) {
      throw lost(namespace, node, e);
    }
  }

  private RuntimeException lost(String namespace, Node node, RejectedException e) {
    if (e.code() != Rejection.Code.SESSION_LOST) return e;
    open.remove(node.session());
    keep(namespace, node.in(NodeState.LOST));
    return superseded(node.session());
  }

  private static TaskToken token(UwerMessage.LeaseRef lease) {
    return JobGrant.token(lease.task(), 1, lease.epoch());
  }

  private UwerMessage.HeartbeatAck ack(UwerMessage.Heartbeat beat, WorkerApi.HeartbeatAck heard, boolean mustSync) {
    List<UwerMessage.LeaseRef> renewed = new ArrayList<>();
    List<UwerMessage.LeaseRef> lost = new ArrayList<>();
    List<UwerMessage.LeaseRef> cancel = new ArrayList<>();
    Set<JobId> seen = new HashSet<>();
    for (UwerMessage.LeaseRef lease : beat.leases()) {
      UwerMessage.LeaseRef plain = new UwerMessage.LeaseRef(lease.task(), lease.epoch(), null, null);
      if (heard.lost().contains(token(lease))) lost.add(plain);
      else if (seen.add(lease.task())) renewed.add(plain);
      if (heard.cancel().contains(token(lease)) && !cancel.contains(plain)) cancel.add(plain);
    }
    return new UwerMessage.HeartbeatAck(beat.seq(), engine.now(), renewed, lost, cancel, mustSync);
  }

  private UwerMessage.HeartbeatAck ack(UwerMessage.Heartbeat beat, List<UwerMessage.LeaseRef> renewed,
      List<UwerMessage.LeaseRef> lost, boolean mustSync) {
    return new UwerMessage.HeartbeatAck(beat.seq(), engine.now(), renewed, lost, List.of(), mustSync);
  }

  /** How many leases a session has, whatever its node knows of them. */
  int held(Node node) {
    return engine.store().leasesOf(node.session()).size();
  }

  // ---- grants

  /** Jobs for a node that has synchronised and has room; waits for the first one. */
  List<JobGrant> grant(String namespace, String id, SessionId session, GrantWish wish) {
    Node node = current(namespace, id, session);
    NodeState.Step step = NodeState.on(node.state(), NodeState.Event.GRANT);
    if (!(step instanceof NodeState.Step.To)) throw refused(step, node);
    int room = Math.min(wish.max(), node.capacity() - held(node));
    List<String> types = wish.types().isEmpty() ? node.types() : wish.types();
    for (String type : types) {
      if (!node.types().contains(type)) throw wrong("the node never said that it can handle " + type, "/types");
    }
    if (room <= 0) return List.of();
    try {
      if (!open.contains(session)) opened(node);
      return engine.jobWork().poll(new JobWorkApi.Poll(session, namespace, types, room, wish.patience()));
    } catch (RejectedException e) {
      throw lost(namespace, node, e);
    }
  }

  /** @param types of those that the node said; empty: all of them */
  record GrantWish(List<String> types, int max, java.time.Duration patience) {}

  /** What a person sees. */
  NodeState shown(Node node) {
    if (node.state() != NodeState.IDLE) return node.state();
    return held(node) == 0 ? NodeState.IDLE : NodeState.BUSY;
  }

}
