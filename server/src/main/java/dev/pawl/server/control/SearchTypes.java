package dev.pawl.server.control;

import dev.pawl.engine.store.Declarations;
import dev.pawl.server.json.Json;
import java.util.Map;
import java.util.TreeMap;

/** The search attributes that a namespace has declared, with their types. */
public final class SearchTypes {
  static final String KIND = "search_attribute";

  private final Declarations declared;

  public SearchTypes(Declarations declared) {
    this.declared = declared;
  }

  /** Type by name. */
  public Map<String, String> of(String namespace) {
    Map<String, String> types = new TreeMap<>();
    for (var one : declared.list(namespace, KIND)) types.put(one.name(), Json.string(Json.stored(one.data()), "type",
        "keyword"));
    return types;
  }
}
