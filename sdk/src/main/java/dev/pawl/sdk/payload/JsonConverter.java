package dev.pawl.sdk.payload;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.avro.AvroValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON: records, {@code java.time} as ISO-8601 text, {@code Optional}, collections, generics. {@code byte[]} is
 * kept as it is under the codec {@code bytes}, and a {@link Payload} passes untouched. What programs of other languages
 * wrote in the codec {@code avro} is read like JSON. Members that a class does not know
 * are skipped, and members that are absent are null, so that both sides may be deployed in any order.
 */
public final class JsonConverter implements PayloadConverter {
  /** Codec of raw bytes. */
  public static final String BYTES = "bytes";

  private final JsonMapper mapper;

  private JsonConverter(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /** The converter that Pawl uses if nothing else is said. */
  public static JsonConverter standard() {
    return customized(builder -> builder);
  }

  /** The way out to Jackson: modules, mix-ins, naming. What it changes in the bytes is the caller's to keep readable. */
  public static JsonConverter customized(UnaryOperator<JsonMapper.Builder> change) {
    // Every setting that shapes bytes is stated, so that another Jackson with other defaults changes nothing.
    JsonMapper.Builder builder = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(500).maxStringLength(64 << 20).build())
            .build())
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .disable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY);
    return new JsonConverter(change.apply(builder).build());
  }

  @Override
  public Payload toPayload(@Nullable Object value, Type type) {
    if (value == null) return Payload.NULL;
    if (value instanceof Payload payload) return payload;
    if (value instanceof byte[] bytes) return Payload.of(BYTES, bytes);
    try {
      return Payload.json(withoutLoneSurrogates(writer(type).writeValueAsString(value)));
    } catch (JacksonException | IllegalArgumentException | StackOverflowError e) {
      throw new PayloadException("a %s can't be written as JSON: %s".formatted(type.getTypeName(), reason(e)), e);
    }
  }

  // Elements of a generic type keep the type information that their declaration asks for only if it is passed on.
  private ObjectWriter writer(Type type) {
    return type instanceof ParameterizedType ? mapper.writerFor(mapper.constructType(type)) : mapper.writer();
  }

  @Override
  public @Nullable Object fromPayload(Payload payload, Type type) {
    if (type == Payload.class) return payload;
    if (type == void.class || type == Void.class) return null;
    if (payload.codec().equals(BYTES)) {
      if (type == byte[].class || type == Object.class) return payload.bytes();
      throw new PayloadException("expected a %s, found raw bytes".formatted(type.getTypeName()));
    }
    if (payload.codec().equals(AvroValue.CODEC)) return foreign(payload, type);
    if (payload.codec().equals(AvroValue.FAILURE_CODEC)) return foreignDetails(payload, type);
    if (!payload.codec().equals(Payload.JSON)) {
      throw new PayloadException("expected a %s as JSON, found codec '%s' (%d bytes). Is a codec missing in the settings?"
          .formatted(type.getTypeName(), payload.codec(), payload.size()));
    }
    try {
      return mapper.readerFor(mapper.constructType(type)).readValue(payload.bytes());
    } catch (JacksonException | IllegalArgumentException | StackOverflowError e) {
      throw new PayloadException("%d bytes of JSON can't be read as %s: %s".formatted(
          payload.size(), type.getTypeName(), reason(e)), e);
    }
  }

  /** A value that a program of another language wrote: what JSON can hold, and bytes. */
  private @Nullable Object foreign(Payload payload, Type type) {
    try {
      Object value = AvroValue.read(payload.bytes());
      if (value == null || type == Object.class) return value;
      if (value instanceof byte[] && type == byte[].class) return value;
      return mapper.convertValue(value, mapper.constructType(type));
    } catch (JacksonException | IllegalArgumentException | RejectedException | StackOverflowError e) {
      throw new PayloadException("%d bytes of codec '%s' can't be read as %s: %s".formatted(
          payload.size(), payload.codec(), type.getTypeName(), reason(e)), e);
    }
  }

  private @Nullable Object foreignDetails(Payload payload, Type type) {
    String blob;
    try {
      blob = mapper.readTree(payload.bytes()).path("details").path("blob").asString("");
    } catch (JacksonException e) {
      throw new PayloadException("details of a failure can't be read: " + reason(e), e);
    }
    if (blob.isEmpty()) return null;
    return foreign(Payload.wrap(AvroValue.CODEC, java.util.Base64.getDecoder().decode(blob)), type);
  }

  private static String reason(Throwable e) {
    return e instanceof JacksonException json ? json.getOriginalMessage() : e.toString();
  }

  /** Java's strings may hold halves of characters, UTF-8 may not: they become escapes, which are JSON all the same. */
  private static String withoutLoneSurrogates(String json) {
    int at = loneSurrogate(json, 0);
    if (at < 0) return json;
    var safe = new StringBuilder(json.length() + 16);
    int from = 0;
    for (; at >= 0; at = loneSurrogate(json, from)) {
      safe.append(json, from, at).append("\\u%04x".formatted((int) json.charAt(at)));
      from = at + 1;
    }
    return safe.append(json, from, json.length()).toString();
  }

  private static int loneSurrogate(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) i++;
      else return i;
    }
    return -1;
  }
}
