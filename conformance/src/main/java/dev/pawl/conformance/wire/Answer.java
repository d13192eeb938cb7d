package dev.pawl.conformance.wire;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came back for a request. */
public final class Answer extends Doc {
  private final int status;
  private final HttpHeaders headers;
  private final byte[] raw;

  Answer(int status, HttpHeaders headers, byte[] raw, @Nullable Object body) {
    super(body);
    this.status = status;
    this.headers = headers;
    this.raw = raw;
  }

  public int status() {
    return status;
  }

  /** The body as it came, packed or not. */
  public byte[] raw() {
    return raw.clone();
  }

  public @Nullable String header(String name) {
    return headers.firstValue(name).orElse(null);
  }

  public Answer is(int... expected) {
    for (int one : expected) if (one == status) return this;
    throw new Unmet("expected status %s, got %d: %s".formatted(
        java.util.Arrays.toString(expected), status, this));
  }

  public Answer refused(int expected, String reason) {
    is(expected);
    where("reason", reason);
    Unmet.unless(at("message") instanceof String || at("error") instanceof String, "expected words for people in %s",
        this);
    return this;
  }

  /** Refused as a whole, with something said about one field. */
  public Answer invalid(String field) {
    refused(422, "validation_failed");
    List<Doc> said = new Doc(member(at("errors"), field)).list("");
    Unmet.unless(!said.isEmpty() && said.getFirst().value() instanceof String, "expected words about %s in %s", field,
        this);
    Unmet.unless(Objects.equals(at("errors"), at("validation_errors")),
        "expected validation_errors to be errors in %s", this);
    return this;
  }

  private static @Nullable Object member(@Nullable Object object, String name) {
    if (object instanceof Map<?, ?> map && map.containsKey(name)) return map.get(name);
    throw new Unmet("expected errors about %s, got %s".formatted(name, object));
  }
}
