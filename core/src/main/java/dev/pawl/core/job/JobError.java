package dev.pawl.core.job;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a job, as the contract carries it.
 *
 * @param code {@code UWER-} and four digits
 * @param title at most 120 characters
 * @param detail at most 4,000 characters, for people; a stack trace goes here
 * @param pointer JSON pointer to the offending place of the document
 */
public record JobError(
    String code, String title, @Nullable String detail, boolean retryable, @Nullable String pointer) {

  public static JobError of(UwerCode code, @Nullable String detail) {
    return new JobError(code.wire(), code.title(), detail, code.retryable(), null);
  }

  /** The worker could not read what it was given; no attempt can. */
  boolean poison() {
    return UwerCode.parse(code).map(known -> switch (known) {
      case SCHEMA_VIOLATION, UNSAFE_DOCUMENT, DIGEST_MISMATCH -> true;
      default -> false;
    }).orElse(false);
  }
}
