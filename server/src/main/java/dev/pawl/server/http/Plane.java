package dev.pawl.server.http;

/** Which protocol a route belongs to: that decides the version header, and how answers are wrapped. */
public enum Plane {
  /** Discovery and health: no version header. */
  OPEN,
  CONTROL,
  WORKER,
  /** Jobs and their nodes: the version is part of the documents. */
  JOB,
  /** The two interfaces of Java programs, call by call. */
  SDK
}
