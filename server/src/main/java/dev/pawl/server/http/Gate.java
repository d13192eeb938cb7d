package dev.pawl.server.http;

import dev.pawl.server.auth.Authority;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.auth.Role;
import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one way of every request: through the same checks, in the same order, to its handler. */
public final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH", "DELETE");

  private final Router router;
  private final Authority authority;
  private final Envelope envelope;
  private final Predicate<String> namespaces;
  private final String namespace;
  private final int maxBody;
  private final BodyCheck bodies;

  /**
   * @param namespaces whether a namespace exists
   * @param namespace that of requests that name none
   * @param maxBody in bytes
   * @param bodies looks at every body, behind the fields of its route
   */
  public Gate(Router router, Authority authority, Envelope envelope, Predicate<String> namespaces, String namespace,
      int maxBody, BodyCheck bodies) {
    this.router = router;
    this.authority = authority;
    this.envelope = envelope;
    this.namespaces = namespaces;
    this.namespace = namespace;
    this.maxBody = maxBody;
    this.bodies = bodies;
  }

  /** Whether a request only waits for something to take, so that it is called off when its connection goes away. */
  boolean isPoll(Incoming request) {
    return request.path().endsWith("/poll") || request.path().endsWith("/nodes/grant");
  }

  /** Whether the caller hears a newline from time to time while the answer is being worked on. */
  boolean isKeptAlive(Incoming request) {
    return request.path().contains("/api/sdk/");
  }

  /** Headers of whatever comes back from there. */
  Map<String, String> headers(Incoming request) {
    try {
      return envelope.headers(router.match(request.method(), below(request.path())).route());
    } catch (Refusal nothingThere) {
      return Map.of();
    }
  }

  /** The largest body that a request may have, in bytes. */
  int maxBody(String method, String path) {
    try {
      return maxBody * router.match(method, below(path)).route().factor();
    } catch (Refusal nothingThere) {
      return maxBody;
    }
  }

  /** An answer and the headers that go with it. */
  public record Answer(Reply reply, Map<String, String> headers) {}

  public Answer answer(Incoming request) {
    Route route = null;
    Map<String, String> parameters = Map.of();
    Reply reply;
    try {
      Router.Match match = router.match(request.method(), below(request.path()));
      route = match.route();
      parameters = match.parameters();
      reply = envelope.wrap(route, parameters, through(match, request));
    } catch (Refusal refusal) {
      reply = envelope.refusal(route, parameters, request, refusal);
    } catch (Exception e) {
      reply = envelope.refusal(route, parameters, request, problem(route, e));
    }
    Map<String, String> headers = new LinkedHashMap<>(envelope.headers(route));
    headers.put("Content-Type", reply.contentType());
    headers.put("Cache-Control", "no-store");
    if (reply.status() == 429 || reply.status() == 503) headers.put("Retry-After", "1");
    headers.putAll(reply.headers());
    return new Answer(reply, headers);
  }

  private Refusal problem(@Nullable Route route, Exception e) {
    if (route != null && e instanceof RuntimeException problem) {
      Refusal known = envelope.translate(route, problem);
      if (known != null) return known;
    }
    String id = UUID.randomUUID().toString();
    LOG.error("a defect while answering {} ({})", route == null ? "a request" : route.name(), id, e);
    return new Refusal(500, "server_error", "something went wrong here; the server's log has it under " + id);
  }

  /** Clients append {@code /api} to a base address that may have a path of its own. */
  private static String below(String path) {
    int at = path.indexOf("/api/");
    if (at < 0) throw new Refusal(404, "not_found", "everything here lies under /api");
    String rest = path.substring(at + 4);
    return rest.length() > 1 && rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
  }

  private Reply through(Router.Match match, Incoming request) throws Exception {
    Route route = match.route();
    Map<String, @Nullable Object> body = body(route, request);
    Principal principal = authorised(route, request);
    envelope.version(route, request);
    String target = namespace(request);
    if (route.inNamespace()) {
      if (!principal.mayTouch(target)) {
        throw new Refusal(403, "forbidden", "this token is not for namespace '%s'".formatted(target),
            "role", principal.role().wire(), "allowed_roles", List.of());
      }
      if (!namespaces.test(target)) {
        throw new Refusal(404, "namespace_not_found", "there is no namespace '%s'".formatted(target), "namespace",
            target, "remediation", "Create it with POST /api/namespaces, or name another one in X-Namespace.");
      }
    }
    storable(match.parameters());
    storable(request.query());
    validate(route.fields(), body);
    bodies.check(target, body);
    return route.handler().handle(new Call(route, match.parameters(), request.query(), body, target, principal,
        request));
  }

  private String namespace(Incoming request) {
    String header = request.header("x-namespace");
    String named = header != null && !header.isBlank() ? header : request.query().get("namespace");
    return named == null || named.isBlank() ? namespace : named.strip().toLowerCase(Locale.ROOT);
  }

  private Map<String, @Nullable Object> body(Route route, Incoming request) {
    byte[] bytes = request.body();
    if (bytes == null) {
      long most = (long) maxBody * route.factor();
      throw new Refusal(413, "payload_too_large", "a body has at most %d bytes".formatted(most), "limit", most);
    }
    if (!WITH_BODY.contains(request.method()) || bytes.length == 0) return new LinkedHashMap<>();
    String media = request.media();
    if (!route.media().isEmpty()) {
      if (route.media().contains(media)) return new LinkedHashMap<>();
      throw new Refusal(415, "unsupported_media_type",
          "expected %s, got '%s'".formatted(String.join(" or ", route.media()), media));
    }
    if (!media.equals("application/json") && !media.endsWith("+json")) {
      throw new Refusal(415, "unsupported_media_type", "expected application/json, got '%s'".formatted(media));
    }
    Object value;
    try {
      value = Json.read(bytes);
    } catch (Json.Malformed e) {
      throw new Refusal(400, "malformed_json", "the body is no JSON: " + e.getMessage());
    }
    boolean empty = value == null || (value instanceof List<?> list && list.isEmpty());
    if (!empty && !(value instanceof Map)) {
      throw new Refusal(400, "malformed_json", "expected an object as the body");
    }
    return Json.object(value);
  }

  private Principal authorised(Route route, Incoming request) {
    Principal principal = caller(request);
    if (route.scope() == Scope.PUBLIC) return principal == null ? new Principal(Role.WORKER, Set.of(), "nobody") : principal;
    if (principal == null) {
      throw new Refusal(401, "unauthorized", "expected a valid %s".formatted(
          authority.driver().equals("signature") ? "X-Signature" : "bearer token"));
    }
    if (!route.scope().allows(principal.role())) {
      throw new Refusal(403, "forbidden", "role %s may not call this".formatted(principal.role().wire()), "role",
          principal.role().wire(), "allowed_roles", route.scope().roles().stream().map(Role::wire).toList());
    }
    return principal;
  }

  private @Nullable Principal caller(Incoming request) {
    if (request.caller() != null) return request.caller();
    byte[] raw = request.body() == null ? new byte[0] : request.body();
    return authority.principal(request.header("authorization"), request.header("x-signature"), raw).orElse(null);
  }

  /** What stands in an address is compared with names in the database, and not every database has NUL in a text. */
  private static void storable(Map<String, String> named) {
    named.forEach((name, value) -> {
      if (value.indexOf('\0') >= 0) {
        throw Refusal.invalid(name, "The %s must not contain the character NUL.".formatted(name.replace('_', ' ')));
      }
    });
  }

  private static void validate(List<Field> fields, Map<String, @Nullable Object> body) {
    Map<String, List<String>> errors = new LinkedHashMap<>();
    for (Field field : fields) {
      String problem = field.problem(body.containsKey(field.name()), body.get(field.name()));
      if (problem != null) errors.computeIfAbsent(field.name(), name -> new ArrayList<>()).add(problem);
    }
    if (!errors.isEmpty()) throw Refusal.invalid(errors);
  }
}
