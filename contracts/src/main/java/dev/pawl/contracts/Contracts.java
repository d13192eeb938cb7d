package dev.pawl.contracts;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Declarations;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.protocol.uwer.UwerProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The contracts of all types. What another node registers is known here within a second. */
public final class Contracts implements PayloadContracts {
  private static final String KIND = "job-contract";
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_VERSIONS = 10_000;

  private final Declarations declared;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

  private record Known(List<Contract> contracts, long readAt) {}

  private Contracts(Declarations declared) {
    this.declared = declared;
  }

  /** The contracts of an engine, which from now on holds every job to them that comes in, and again before it is done. */
  public static Contracts on(PawlEngine engine) {
    Contracts contracts = new Contracts(engine.store().declarations());
    engine.holdJobsTo(contracts);
    return contracts;
  }

  // ---- registering

  /** @param isNew false: the newest version says the same */
  public record Registered(Contract contract, boolean isNew) {}

  /**
   * Adds a version. The same text as the newest of its kind is that one.
   *
   * @param uri by which payloads name it; null: one of its own
   */
  public Parsed<Registered> register(String namespace, String type, Contract.Kind kind, String schema,
      @Nullable String uri, String by) {
    if (Compiled.of(kind, schema) instanceof Parsed.Refused<Compiled> no) return new Parsed.Refused<>(no.problem());
    while (true) {
      known.remove(namespace);
      List<Contract> before = of(namespace, type);
      Contract newest = newest(before, kind);
      if (newest != null && newest.schema().equals(schema) && (uri == null || uri.equals(newest.uri()))) {
        return new Parsed.Ok<>(new Registered(newest, false));
      }
      if (uri != null && named(namespace, uri) != null) {
        return new Parsed.Refused<>(new UwerProblem(UwerCode.SCHEMA_VIOLATION,
            "%s is the name of another contract, and contracts never change".formatted(uri), "/uri"));
      }
      int version = before.isEmpty() ? 1 : before.getLast().version() + 1;
      if (version > MOST_VERSIONS) {
        return new Parsed.Refused<>(new UwerProblem(UwerCode.ADMISSION_REFUSED, "a type has at most %d versions"
            .formatted(MOST_VERSIONS), null));
      }
      Contract made = new Contract(namespace, type, version, kind,
          uri == null ? Contract.uri(namespace, type, version) : uri, schema, by);
      String text = made.text();
      boolean ours = declared.putIfAbsent(namespace, KIND, Contract.name(type, version), text).data().equals(text);
      known.remove(namespace);
      if (ours) return new Parsed.Ok<>(new Registered(made, true));
      // Somebody else was quicker: theirs stands, and ours comes after it.
    }
  }

  // ---- looking

  /** All versions of a type, oldest first. */
  public List<Contract> of(String namespace, String type) {
    return all(namespace).stream().filter(one -> one.type().equals(type)).toList();
  }

  public Optional<Contract> find(String namespace, String type, long version) {
    return of(namespace, type).stream().filter(one -> one.version() == version).findFirst();
  }

  private List<Contract> all(String namespace) {
    Known there = known.get(namespace);
    long now = System.nanoTime();
    if (there != null && now - there.readAt() < FRESH) return there.contracts();
    List<Contract> found = new ArrayList<>();
    declared.list(namespace, KIND).forEach(it -> found.add(Contract.read(namespace, it.data())));
    known.put(namespace, new Known(List.copyOf(found), now));
    return found;
  }

  private @Nullable Contract named(String namespace, String uri) {
    return first(all(namespace), one -> one.uri().equals(uri));
  }

  private static @Nullable Contract newest(List<Contract> versions, Contract.Kind kind) {
    return first(versions.reversed(), one -> one.kind() == kind);
  }

  private static @Nullable Contract first(List<Contract> some, Predicate<Contract> wanted) {
    return some.stream().filter(wanted).findFirst().orElse(null);
  }

  // ---- checking

  /** The payload of a job against the contract that it names, or else the newest one of its type and form. */
  @Override
  public Verdict check(JobSpec job) {
    String named = job.schema();
    Contract contract = null;
    if (named != null) {
      contract = named(job.namespace(), named);
      if (contract == null || !contract.type().equals(job.type())) {
        return broken(UwerCode.UNKNOWN_TYPE, "type %s has no contract %s".formatted(job.type(), named),
            "/body/payload/schema");
      }
    } else {
      List<Contract> versions = of(job.namespace(), job.type());
      if (versions.isEmpty()) return new Verdict.Kept(null);
      contract = newest(versions, kind(job.payload()));
      if (contract == null) {
        return broken(UwerCode.UNKNOWN_TYPE, "type %s has contracts, but none for %s".formatted(job.type(),
            job.payload().codec()), "/body/payload/content_type");
      }
    }
    UwerProblem problem = compiled(contract).objection(job.payload()).orElse(null);
    return problem == null
        ? new Verdict.Kept(contract.uri())
        : broken(problem.code(), "contract %s: %s".formatted(contract.uri(), problem.detail()), at(problem.pointer()));
  }

  /** Within XML a place is a line and a column, and no pointer. */
  private static String at(@Nullable String place) {
    if (place == null || place.isEmpty()) return "/body/payload/data";
    return place.startsWith("/") ? "/body/payload/data" + place : "/body/payload/data@" + place;
  }

  private static Verdict broken(UwerCode code, String why, String pointer) {
    return new Verdict.Broken(code, why, pointer);
  }

  private static Contract.Kind kind(Payload payload) {
    String codec = payload.codec();
    return codec.endsWith("/xml") || codec.endsWith("+xml") ? Contract.Kind.XSD : Contract.Kind.JSON;
  }

  private Compiled compiled(Contract contract) {
    return compiled.computeIfAbsent(contract.namespace() + "/" + Contract.name(contract.type(), contract.version()),
        key -> switch (Compiled.of(contract.kind(), contract.schema())) {
          case Parsed.Ok<Compiled> ok -> ok.value();
          case Parsed.Refused<Compiled> no ->
              throw new IllegalStateException("contract %s was accepted and is none: %s".formatted(contract.uri(),
                  no.problem().detail()));
        });
  }

  /** Before a node gets a job. What came in before its contract was there is held against it here. */
  @Override
  public Optional<JobError> objection(JobSpec job) {
    // A contract that nobody knows here is no reason to bury what was accepted.
    return check(job) instanceof Verdict.Broken broken && broken.code() != UwerCode.UNKNOWN_TYPE
        ? Optional.of(new JobError(UwerCode.SCHEMA_VIOLATION.wire(), UwerCode.SCHEMA_VIOLATION.title(), broken.why(),
            false, broken.pointer()))
        : Optional.empty();
  }
}
