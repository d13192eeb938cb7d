package dev.pawl.server.http;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that can be asked.
 *
 * @param name of the operation, stable; also the operation id of the API's description
 * @param path below {@code /api}, with parameters in braces; one that ends in {@code *} takes the rest of the path
 * @param fields of the body
 * @param query parameters behind the question mark
 * @param media types of documents that the handler reads by itself; empty: an object of JSON with the fields
 * @param factor how many times the usual body it takes
 * @param inNamespace whether the namespace of the request has to exist
 */
public record Route(String name, String method, String path, Plane plane, Scope scope, List<Field> fields,
    List<Field> query, List<String> media, int factor, boolean inNamespace, String summary, Handler handler) {

  public static Route get(String name, String path, Plane plane, Scope scope, String summary, Handler handler) {
    return new Route(name, "GET", path, plane, scope, List.of(), List.of(), List.of(), 1, plane != Plane.OPEN,
        summary, handler);
  }

  public static Route post(String name, String path, Plane plane, Scope scope, String summary, Handler handler) {
    return new Route(name, "POST", path, plane, scope, List.of(), List.of(), List.of(), 1, plane != Plane.OPEN,
        summary, handler);
  }

  public static Route put(String name, String path, Plane plane, Scope scope, String summary, Handler handler) {
    return new Route(name, "PUT", path, plane, scope, List.of(), List.of(), List.of(), 1, plane != Plane.OPEN,
        summary, handler);
  }

  public static Route delete(String name, String path, Plane plane, Scope scope, String summary, Handler handler) {
    return new Route(name, "DELETE", path, plane, scope, List.of(), List.of(), List.of(), 1, plane != Plane.OPEN,
        summary, handler);
  }

  public Route body(Field... wanted) {
    return new Route(name, method, path, plane, scope, List.of(wanted), query, media, factor, inNamespace, summary, handler);
  }

  public Route query(Field... wanted) {
    return new Route(name, method, path, plane, scope, fields, List.of(wanted), media, factor, inNamespace, summary, handler);
  }

  /** The namespace of the request does not matter, or is looked at by the handler. */
  public Route anyNamespace() {
    return new Route(name, method, path, plane, scope, fields, query, media, factor, false, summary, handler);
  }

  /** The body is a document of one of these media types, which the handler reads. */
  public Route documents(String... types) {
    return new Route(name, method, path, plane, scope, fields, query, List.of(types), factor, inNamespace, summary,
        handler);
  }

  /** Takes a body so many times as large as others. */
  public Route large(int times) {
    return new Route(name, method, path, plane, scope, fields, query, media, times, inNamespace, summary, handler);
  }

  List<String> segments() {
    return List.of(path.substring(1).split("/"));
  }

  /** Names of the parameters in the path. */
  public List<String> parameters() {
    List<String> names = new ArrayList<>();
    for (String segment : segments()) if (segment.startsWith("{")) names.add(segment.substring(1,
        segment.length() - 1));
    return names;
  }
}
