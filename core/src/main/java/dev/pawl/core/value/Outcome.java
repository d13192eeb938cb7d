package dev.pawl.core.value;

/** How a piece of work ended: a value or a failure, never both. */
public sealed interface Outcome {
  record Success(Payload result) implements Outcome {}

  record Failed(Failure failure) implements Outcome {}

  static Outcome success(Payload result) {
    return new Success(result);
  }

  static Outcome failed(Failure failure) {
    return new Failed(failure);
  }
}
