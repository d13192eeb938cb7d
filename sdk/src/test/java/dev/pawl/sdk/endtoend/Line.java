package dev.pawl.sdk.endtoend;

/** What lies between a program and its engine. */
enum Line {
  /** Nothing: the engine is in the program's process. */
  EMBEDDED,
  /** A server of Pawl's, spoken to over HTTP. */
  HTTP
}
