package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;

/**
 * One layer between a converter's bytes and what the engine stores: compression, encryption, offload. A layer that coded a
 * payload names itself at the end of the payload's codec, after a {@code +}; with a parameter if decoding needs one, after
 * a {@code :}. Safe for any number of threads.
 */
public interface PayloadCodec {
  /** The layer's name: lower-case letters and digits. Stored for ever. */
  String name();

  /** The coded payload, made by {@link #layer}; or the same payload, if this layer leaves it as it is. */
  Payload encode(Payload payload);

  /**
   * Undoes {@link #encode}; called only for payloads whose last layer has this name.
   *
   * @throws PayloadException if the bytes are not what {@link #encode} made, or what it takes to read them is not there
   */
  Payload decode(Payload payload);

  /** The payload with one layer more. @param parameter empty: none */
  static Payload layer(Payload inner, String layer, String parameter, byte[] bytes) {
    return Payload.wrap(inner.codec() + "+" + layer + (parameter.isEmpty() ? "" : ":" + parameter), bytes);
  }

  /** Name of the last layer; empty if there is none. */
  static String lastLayer(String codec) {
    int plus = codec.lastIndexOf('+');
    if (plus < 0) return "";
    int colon = codec.indexOf(':', plus);
    return codec.substring(plus + 1, colon < 0 ? codec.length() : colon);
  }

  /** Parameter of the last layer; empty if there is none. */
  static String lastParameter(String codec) {
    int colon = codec.indexOf(':', codec.lastIndexOf('+') + 1);
    return colon < 0 ? "" : codec.substring(colon + 1);
  }

  /** The codec below the last layer. */
  static String below(String codec) {
    return codec.substring(0, codec.lastIndexOf('+'));
  }
}
