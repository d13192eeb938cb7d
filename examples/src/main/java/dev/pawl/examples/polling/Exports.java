package dev.pawl.examples.polling;

/** A service that makes exports in its own time, and does not call back. */
public interface Exports {
  /** @param key the same for every attempt: one export @return id of the export */
  String request(String table, String key);

  /** @return empty while it is being made, then where it lies */
  String location(String exportId);
}
