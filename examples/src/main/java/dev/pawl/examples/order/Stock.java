package dev.pawl.examples.order;

/** The warehouse's books: in this process, called from steps. */
public interface Stock {
  /** @param key the same for every attempt to reserve for one order: reserves once @return a reservation */
  String reserve(String item, int quantity, String key);

  void release(String reservation);
}
