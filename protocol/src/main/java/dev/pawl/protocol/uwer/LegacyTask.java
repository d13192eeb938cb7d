package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;

/**
 * The XML form 4.2 of a task, and its mapping to the model of 5.0. From 4.2 nothing is lost that the canonical form of
 * XML keeps; a 5.0 task that has no 4.2 form is refused.
 */
public final class LegacyTask {
  /** Namespace of its elements. */
  public static final String NAMESPACE = "urn:uwer:task:4.2";

  private static final String FAMILY = "urn:uwer:task:";

  private LegacyTask() {}

  /** Reads a document: at most 1 MiB of UTF-8. Never throws for what it holds. */
  public static Parsed<UwerTask> read(byte[] document) {
    return Parsed.of(() -> read(XmlSafety.decode(document)));
  }

  private static UwerTask read(String xml) {
    XmlSafety.Seen seen = XmlSafety.check(xml);
    boolean ours = seen.namespace().equals(NAMESPACE) && seen.root().equals("task");
    if (!ours && seen.namespace().startsWith(FAMILY) && !seen.namespace().equals(NAMESPACE)) {
      throw new Refusal(UwerCode.UNSUPPORTED_VERSION, "expected namespace %s, got %s".formatted(NAMESPACE, seen.namespace()), null);
    }
    String version = seen.version();
    if (ours && version != null && !version.strip().equals("4.2")) {
      throw new Refusal(UwerCode.UNSUPPORTED_VERSION, "expected schema version 4.2, got " + version, "@schemaVersion");
    }
    String key = seen.key();
    if (ours && (key == null || key.isBlank())) {
      throw new Refusal(UwerCode.KEY_MISSING, "every task needs an idempotency key", "header/idempotencyKey");
    }
    LegacySchema.check(xml);
    return LegacyReader.read(xml);
  }

  /** The document of a task. Refused if it would not read back as the same task. */
  public static Parsed<String> write(UwerTask task) {
    return Parsed.of(() -> {
      String xml = LegacyWriter.write(task);
      if (read(xml.getBytes(java.nio.charset.StandardCharsets.UTF_8)) instanceof Parsed.Ok<UwerTask> back
          && back.value().equals(task)) {
        return xml;
      }
      throw Refusal.schema("the task has no 4.2 form: it would not read back as the same", null);
    });
  }
}
