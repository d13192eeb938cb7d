package dev.pawl.examples.order;

/** The warehouse's books: in this process, called from steps. */
public interface Stock {
  /** @param key the same for every attempt: reserves once per key @return a reservation */
  String reserve(Order order, String key);

  /** Releasing twice is releasing once. */
  void release(String reservation);
}
