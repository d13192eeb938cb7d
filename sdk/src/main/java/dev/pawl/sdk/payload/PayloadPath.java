package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole way of a value to the engine and back: a converter, then layers of codecs, then the check of the size.
 *
 * <pre>{@code
 * PayloadConverter payloads = PayloadPath.json()
 *     .with(Compression.gzip())
 *     .with(Encryption.aes256gcm(KeyRing.of("2026-03", keys)))
 *     .with(Offload.to(new FolderBlobs(Path.of("/srv/blobs"))));
 * }</pre>
 *
 * <p>Layers are applied in the order in which they were added. They are undone as the payload itself says, whatever the
 * order is now; to stop using a layer for new payloads, say {@link #stillReading} instead of {@link #with}.
 */
public final class PayloadPath implements PayloadConverter {
  // More layers than anybody stacks; a codec of a foreign payload may claim any number.
  private static final int MAX_LAYERS = 16;

  private final PayloadConverter converter;
  private final List<PayloadCodec> writing;
  private final Map<String, PayloadCodec> reading;

  private PayloadPath(PayloadConverter converter, List<PayloadCodec> writing, Map<String, PayloadCodec> reading) {
    this.converter = converter;
    this.writing = writing;
    this.reading = reading;
  }

  /** Values as JSON, without any layer: what Pawl uses if nothing else is said. */
  public static PayloadPath json() {
    return over(JsonConverter.standard());
  }

  /** Values by a converter of your own. */
  public static PayloadPath over(PayloadConverter converter) {
    return new PayloadPath(converter, List.of(), Map.of());
  }

  /** One layer more, for writing and reading. @throws IllegalArgumentException if there is one of that name */
  public PayloadPath with(PayloadCodec codec) {
    PayloadPath path = stillReading(codec);
    List<PayloadCodec> more = new ArrayList<>(writing);
    more.add(codec);
    return new PayloadPath(converter, List.copyOf(more), path.reading);
  }

  /** A layer that old payloads have and new ones do not get. */
  public PayloadPath stillReading(PayloadCodec codec) {
    if (!codec.name().matches("[a-z0-9]{1,32}")) {
      throw new IllegalArgumentException("name of a codec: expected 1 to 32 of a-z 0-9, got '%s'".formatted(codec.name()));
    }
    Map<String, PayloadCodec> more = new HashMap<>(reading);
    if (more.put(codec.name(), codec) != null) {
      throw new IllegalArgumentException("two codecs are named '%s'".formatted(codec.name()));
    }
    return new PayloadPath(converter, writing, Map.copyOf(more));
  }

  @Override
  public Payload toPayload(@Nullable Object value, Type type) {
    Payload plain = converter.toPayload(value, type);
    Payload payload = encode(plain);
    if (payload.size() > Payload.MAX_BYTES) {
      throw new PayloadTooLargeException("a value of type " + type.getTypeName(), payload.size(), Payload.MAX_BYTES);
    }
    return payload;
  }

  @Override
  public @Nullable Object fromPayload(Payload payload, Type type) {
    return converter.fromPayload(decode(payload), type);
  }

  /** A payload as it goes to the engine. The size is not checked. */
  public Payload encode(Payload plain) {
    Payload payload = plain;
    for (PayloadCodec codec : writing) payload = codec.encode(payload);
    return payload;
  }

  /** A payload without its layers. @throws PayloadException if one of them is not known here or can't be undone */
  public Payload decode(Payload coded) {
    Payload payload = coded;
    for (int layers = 0; ; layers++) {
      String layer = PayloadCodec.lastLayer(payload.codec());
      if (layer.isEmpty()) return payload;
      PayloadCodec codec = reading.get(layer);
      if (codec == null) {
        throw new PayloadException("a payload of codec '%s' needs the codec '%s', which is not in the settings of this process"
            .formatted(payload.codec(), layer));
      }
      if (layers == MAX_LAYERS) throw new PayloadException("a payload of more than %d layers".formatted(MAX_LAYERS));
      payload = codec.decode(payload);
    }
  }
}
