package dev.pawl.core.job;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over the lines of one namespace's audit: whoever changes, drops or moves a line breaks it.
 *
 * <p>A line's hash is SHA-256 over the hash before it (32 zero bytes before the first), the line's number as 8 bytes, and
 * its fields in order, each as a 4-byte length and that many bytes of UTF-8; length -1 and no bytes stand for null.
 */
public final class AuditChain {
  /** What stands before the first line. */
  private static final byte[] START = new byte[32];

  private AuditChain() {}

  public static byte[] start() {
    return START.clone();
  }

  /** The hash of a line. */
  public static byte[] seal(byte[] before, long number, List<@Nullable String> fields) {
    if (before.length != START.length) throw new IllegalArgumentException("expected 32 bytes, got " + before.length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    bytes.writeBytes(before);
    bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    for (String field : fields) {
      byte[] text = field == null ? new byte[0] : field.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(field == null ? -1 : text.length).array());
      bytes.writeBytes(text);
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The fields of a job's line, in the order in which they are sealed. */
  public static List<@Nullable String> fields(Transition line) {
    OperatorPapers papers = line.papers();
    LeaseEnd end = line.end();
    return Arrays.asList(
        line.at().toString(), line.actor().toString(), papers == null ? null : papers.role(),
        papers == null ? null : papers.channel(), line.event().name(), line.job().toString(), line.namespace(),
        line.from() == null ? null : line.from().name(), Long.toString(line.fromEpoch()), line.to().name(),
        Long.toString(line.toEpoch()), line.cause() == null ? null : line.cause().name(),
        line.refused() == null ? null : line.refused().wire(), papers == null ? null : papers.ticket(),
        papers == null ? null : papers.reason(), papers == null ? null : papers.requestId(),
        papers == null ? null : papers.approver(), end == null ? null : end.kind().name(),
        end == null ? null : end.session().toString(), end == null ? null : end.digest());
  }
}
