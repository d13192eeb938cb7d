package dev.pawl.protocol.json;

import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes any record of the spine out of a seed, with the nastiest content that its types allow. */
final class Chance {
  private final Random random;

  Chance(long seed) {
    random = new Random(seed);
  }

  /** Every record below a sealed interface. */
  static List<Class<?>> leaves(Class<?> sealed) {
    return Stream.of(sealed.getPermittedSubclasses())
        .flatMap(sub -> sub.isInterface() ? leaves(sub).stream() : Stream.<Class<?>>of(sub))
        .distinct()
        .toList();
  }

  <T> T make(Class<T> type) {
    return type.cast(make(type, 0));
  }

  Object make(Type type) {
    return make(type, 0);
  }

  private Object make(Type type, int depth) {
    if (type instanceof ParameterizedType generic) return collection(generic, depth);
    Class<?> raw = (Class<?>) type;
    if (raw == String.class) return text();
    if (raw == int.class || raw == Integer.class) return integer();
    if (raw == long.class || raw == Long.class) return random.nextBoolean() ? random.nextLong() : integer();
    if (raw == boolean.class) return random.nextBoolean();
    if (raw == double.class) return random.nextBoolean() ? random.nextGaussian() : special();
    if (raw == Instant.class) return instant();
    if (raw == Duration.class) return duration();
    if (raw == UUID.class) return new UUID(random.nextLong(), random.nextLong());
    if (raw == RunId.class) return new RunId(new UUID(random.nextLong(), random.nextLong()));
    if (raw == Payload.class) return payload();
    if (raw == RetryPolicy.class) return retry();
    if (raw.isEnum()) return raw.getEnumConstants()[random.nextInt(raw.getEnumConstants().length)];
    if (raw.isSealed()) {
      List<Class<?>> leaves = leaves(raw);
      return make(leaves.get(random.nextInt(leaves.size())), depth);
    }
    if (raw.isRecord()) return record(raw, depth + 1);
    throw new IllegalArgumentException("cannot make " + type);
  }

  private Object record(Class<?> type, int depth) {
    RecordComponent[] parts = type.getRecordComponents();
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      boolean absent = nullable(parts[i].getAnnotatedType()) && (depth > 6 || random.nextInt(3) == 0);
      values[i] = absent ? null : make(parts[i].getGenericType(), depth);
    }
    try {
      var constructor = type.getDeclaredConstructor(
          Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }

  private static boolean nullable(AnnotatedType type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  private Object collection(ParameterizedType type, int depth) {
    Type[] of = type.getActualTypeArguments();
    int size = random.nextInt(4);
    if (type.getRawType() == List.class) {
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < size; i++) list.add(make(of[0], depth));
      return list;
    }
    if (type.getRawType() == Set.class) {
      Set<Object> set = new LinkedHashSet<>();
      for (int i = 0; i < size; i++) set.add(make(of[0], depth));
      return set;
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) map.put(make(of[0], depth), make(of[1], depth));
    return map;
  }

  String text() {
    return switch (random.nextInt(12)) {
      case 0 -> "";
      case 1 -> "\0";
      case 2 -> "lone \ud83d and \ude00 reversed \ude00\ud83d";
      case 3 -> "emoji 😀 家 \u2028 \u007f";
      case 4 -> "quotes \" back\\slash /\b\f\n\r\t";
      case 5 -> "'; drop table runs; --%_";
      case 6 -> "a".repeat(random.nextInt(3000));
      case 7 -> "{\"json\":\"" + "\\\"".repeat(random.nextInt(1000));
      default -> {
        char[] any = new char[random.nextInt(30)];
        for (int i = 0; i < any.length; i++) {
          any[i] = (char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(65536));
        }
        yield new String(any);
      }
    };
  }

  Payload payload() {
    return switch (random.nextInt(8)) {
      case 0 -> Payload.json("1" + "0".repeat(400));
      case 1 -> Payload.json("{\"b\" : 1e-400, \"a\":\"\\u0000\\ud800\",\n\t\"a\":2}");
      case 2 -> Payload.NULL;
      case 3 -> Payload.of("json", new byte[0]);
      case 4 -> Payload.of("avro", "plain text 😀".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case 5 -> Payload.of("zeros", new byte[random.nextInt(50)]);
      case 6 -> Payload.of("json", "\ufffd genuine".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      default -> {
        byte[] any = new byte[random.nextInt(200)];
        random.nextBytes(any);
        yield Payload.of(random.nextBoolean() ? "json" : text(), any);
      }
    };
  }

  private RetryPolicy retry() {
    if (random.nextInt(3) == 0) return random.nextBoolean() ? RetryPolicy.NEVER : RetryPolicy.EXPONENTIAL;
    Backoff backoff = random.nextBoolean()
        ? new Backoff.Delays(List.of(Duration.ofNanos(random.nextLong()), duration()))
        : new Backoff.Exponential(
            Duration.ofNanos(random.nextInt(1000)), 1 + random.nextDouble() * 10, Duration.ofDays(random.nextInt(1, 9)));
    return new RetryPolicy(backoff, random.nextInt(10), List.of(text(), text()));
  }

  private int integer() {
    return switch (random.nextInt(5)) {
      case 0 -> Integer.MAX_VALUE;
      case 1 -> Integer.MIN_VALUE;
      case 2 -> random.nextInt();
      default -> random.nextInt(100);
    };
  }

  private double special() {
    double[] all = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE,
        Double.MAX_VALUE, 1e23};
    return all[random.nextInt(all.length)];
  }

  /** In microseconds, as the clock gives them. */
  private Instant instant() {
    long micros = random.nextBoolean() ? random.nextLong() : 1_767_225_600_000_000L + random.nextInt();
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  private Duration duration() {
    return switch (random.nextInt(5)) {
      case 0 -> Duration.ZERO;
      case 1 -> Duration.ofNanos(random.nextInt(5000) - 2500);
      case 2 -> Duration.ofNanos(random.nextLong());
      case 3 -> Duration.ofDays(random.nextInt(100_000));
      default -> Duration.ofMillis(random.nextInt());
    };
  }
}
