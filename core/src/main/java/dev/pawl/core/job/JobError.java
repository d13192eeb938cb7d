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

  private static final int MOST_DETAIL = 4_000;

  public static JobError of(UwerCode code, @Nullable String detail) {
    return new JobError(code.wire(), code.title(), detail, code.retryable(), null);
  }

  /** The store did not take what the work came to. */
  static JobError refusedByStore(String why) {
    String shown = why.chars().map(c -> Character.isISOControl(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    return new JobError(UwerCode.STORE_UNAVAILABLE.wire(), "The store refuses the report",
        shown.length() > MOST_DETAIL ? shown.substring(0, MOST_DETAIL) : shown, true, null);
  }

  /** Not the job was at fault: what it came to could not be stored. */
  boolean storeRelated() {
    return code.equals(UwerCode.STORE_UNAVAILABLE.wire());
  }

  /** The worker could not read what it was given; no attempt can. */
  boolean poison() {
    return UwerCode.parse(code).map(known -> switch (known) {
      case SCHEMA_VIOLATION, UNSAFE_DOCUMENT, DIGEST_MISMATCH -> true;
      default -> false;
    }).orElse(false);
  }
}
