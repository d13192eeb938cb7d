package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Layer {@code blob}: what is large goes to a {@link BlobStore}, and the payload keeps the name of the content, its
 * SHA-256. Stands last, behind compression and encryption, so that the store holds nothing readable. What comes back is
 * checked against its name.
 */
public final class Offload implements PayloadCodec {
  /** From this many bytes on a payload is offloaded if nothing else is said: 256 KiB. */
  public static final int THRESHOLD = 256 * 1024;

  private static final String NAME = "blob";

  private final BlobStore blobs;
  private final int threshold;

  private Offload(BlobStore blobs, int threshold) {
    if (threshold < 64 || threshold > Payload.MAX_BYTES) {
      throw new IllegalArgumentException("threshold: expected 64 to %d bytes, got %d".formatted(Payload.MAX_BYTES, threshold));
    }
    this.blobs = blobs;
    this.threshold = threshold;
  }

  public static Offload to(BlobStore blobs) {
    return new Offload(blobs, THRESHOLD);
  }

  /** @param threshold smaller payloads stay in the database; 64 bytes to 2 MiB */
  public static Offload to(BlobStore blobs, int threshold) {
    return new Offload(blobs, threshold);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Payload encode(Payload payload) {
    if (payload.size() < threshold) return payload;
    byte[] bytes = payload.bytes();
    String hash = sha256(bytes);
    try {
      blobs.put(hash, bytes);
    } catch (IOException e) {
      throw new PayloadException("a payload of %d bytes can't be offloaded: %s".formatted(bytes.length, e.getMessage()), e);
    }
    return PayloadCodec.layer(payload, NAME, "", hash.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public Payload decode(Payload payload) {
    String hash = payload.text();
    byte[] bytes;
    try {
      bytes = blobs.get(hash).orElseThrow(() -> new PayloadException("the blob %s is not in the store".formatted(hash)));
    } catch (IOException | IllegalArgumentException e) {
      throw new PayloadException("an offloaded payload can't be fetched: " + e.getMessage(), e);
    }
    if (!sha256(bytes).equals(hash)) throw new PayloadException("the blob %s was changed in the store".formatted(hash));
    return Payload.wrap(PayloadCodec.below(payload.codec()), bytes);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
