package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Layer {@code gzip}: compresses payloads from a size on, if that makes them smaller. Stands in front of encryption. */
public final class Compression implements PayloadCodec {
  /** From this many bytes on it is worth the work. */
  public static final int THRESHOLD = 1024;

  /** What unpacks to more is refused: 64 MiB. */
  public static final int MAX_UNPACKED = 64 * 1024 * 1024;

  private static final String NAME = "gzip";

  private final int threshold;

  private Compression(int threshold) {
    this.threshold = threshold;
  }

  public static Compression gzip() {
    return new Compression(THRESHOLD);
  }

  /** @param threshold smaller payloads stay as they are, in bytes */
  public static Compression gzip(int threshold) {
    return new Compression(threshold);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Payload encode(Payload payload) {
    if (payload.size() < threshold || payload.size() > MAX_UNPACKED) return payload;
    var packed = new ByteArrayOutputStream(payload.size() / 2);
    try (var gzip = new GZIPOutputStream(packed, 8192)) {
      gzip.write(payload.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return packed.size() < payload.size() ? PayloadCodec.layer(payload, NAME, "", packed.toByteArray()) : payload;
  }

  @Override
  public Payload decode(Payload payload) {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(payload.bytes()), 8192)) {
      byte[] plain = gzip.readNBytes(MAX_UNPACKED + 1);
      if (plain.length > MAX_UNPACKED) {
        throw new PayloadException("a payload of %d bytes unpacks to more than %d".formatted(payload.size(), MAX_UNPACKED));
      }
      return Payload.wrap(PayloadCodec.below(payload.codec()), plain);
    } catch (IOException e) {
      throw new PayloadException("%d bytes of '%s' can't be unpacked: %s".formatted(
          payload.size(), payload.codec(), e.getMessage()), e);
    }
  }
}
