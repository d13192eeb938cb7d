package dev.pawl.testbed.fault;

/** Which way bytes flow. */
public enum Direction {
  TO_SERVER,
  TO_CLIENT,
  BOTH;

  boolean covers(Direction one) {
    return this == BOTH || this == one;
  }
}
