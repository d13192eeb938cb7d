package dev.pawl.engine.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Small named things that people and workers declare in a namespace and that must outlive a process: registrations of
 * workers, search attributes, rollouts. Never the state of a run. The store does not look inside.
 */
public interface Declarations {

  /**
   * @param kind at most 32 characters
   * @param name at most 255 characters
   * @param at when it was put last, by the database's clock
   */
  record Declaration(String namespace, String kind, String name, String data, Instant at) {}

  /** Declares it, or declares it anew. */
  void put(String namespace, String kind, String name, String data);

  /**
   * Declares it unless it is there. Of all that try at the same time, on whatever nodes, one does.
   *
   * @return whether this call did; false: it was there, and is as it was
   */
  boolean declare(String namespace, String kind, String name, String data);

  /** Declares it unless it is there. @return what is there now */
  Declaration putIfAbsent(String namespace, String kind, String name, String data);

  Optional<Declaration> find(String namespace, String kind, String name);

  /** All of a kind, by name. */
  List<Declaration> list(String namespace, String kind);

  /** @return false: it was not there */
  boolean remove(String namespace, String kind, String name);

  /** Takes back everything that was declared in a namespace. @return how much */
  int removeAll(String namespace);
}
