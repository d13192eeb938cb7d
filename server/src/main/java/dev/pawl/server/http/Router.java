package dev.pawl.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the route of a path. Fixed segments win over parameters. */
public final class Router {
  private final List<Route> routes;
  private final Map<String, List<Route>> fixed = new HashMap<>();
  /** Those with parameters, by number of segments. */
  private final Map<Integer, List<Shape>> shapes = new HashMap<>();

  private record Shape(Route route, List<String> segments) {}

  /** @param parameters decoded */
  public record Match(Route route, Map<String, String> parameters) {}

  public Router(List<Route> routes) {
    List<Route> sorted = new ArrayList<>(routes);
    sorted.sort((a, b) -> Long.compare(wild(a), wild(b)));
    this.routes = List.copyOf(sorted);
    for (Route route : sorted) {
      List<String> segments = route.segments();
      if (wild(route) == 0) fixed.computeIfAbsent(route.path(), path -> new ArrayList<>()).add(route);
      else shapes.computeIfAbsent(segments.size(), size -> new ArrayList<>()).add(new Shape(route, segments));
    }
  }

  private static long wild(Route route) {
    return route.segments().stream().filter(segment -> segment.startsWith("{")).count();
  }

  public List<Route> routes() {
    return routes;
  }

  /**
   * @param path raw, below {@code /api}
   * @throws Refusal 404 or 405
   */
  Match match(String method, String path) {
    TreeSet<String> others = new TreeSet<>();
    for (Route route : fixed.getOrDefault(path, List.of())) {
      if (route.method().equals(method)) return new Match(route, Map.of());
      others.add(route.method());
    }
    String[] raw = path.isEmpty() ? new String[0] : path.substring(1).split("/", -1);
    for (Shape shape : shapes.getOrDefault(raw.length, List.of())) {
      Route route = shape.route();
      Map<String, String> parameters = new LinkedHashMap<>();
      boolean fits = true;
      for (int i = 0; i < raw.length && fits; i++) {
        String segment = shape.segments().get(i);
        if (segment.startsWith("{")) parameters.put(segment.substring(1, segment.length() - 1), decoded(raw[i]));
        else fits = segment.equals(raw[i]);
      }
      if (!fits) continue;
      if (route.method().equals(method)) return new Match(route, parameters);
      others.add(route.method());
    }
    if (others.isEmpty()) throw new Refusal(404, "not_found", "there is no " + method + " " + path + " here");
    throw new Refusal(405, "method_not_allowed", "%s does not take %s, but %s".formatted(path, method, others));
  }

  private static String decoded(String segment) {
    try {
      // A plus is a plus in a path.
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "malformed_path", "a % in a path is followed by two hex digits");
    }
  }
}
