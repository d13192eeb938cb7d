package dev.pawl.conformance.wire;

/** The server said in the middle of a case that it lacks what the case is about. */
public final class Lacking extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** @param what it lacks, in words */
  public Lacking(String what) {
    super(what);
  }
}
