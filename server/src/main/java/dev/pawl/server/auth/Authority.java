package dev.pawl.server.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Tells who calls, by the one scheme that is configured. */
public sealed interface Authority {

  /** The name of the scheme, as readiness shows it. */
  String driver();

  /**
   * @param authorization value of that header
   * @param signature value of {@code X-Signature}
   * @param body the raw bytes of the request
   * @return empty: nobody that is known here
   */
  Optional<Principal> principal(@Nullable String authorization, @Nullable String signature, byte[] body);

  /** Everybody may do everything: for development. */
  record Nobody() implements Authority {
    @Override
    public String driver() {
      return "none";
    }

    @Override
    public Optional<Principal> principal(@Nullable String authorization, @Nullable String signature, byte[] body) {
      return Optional.of(new Principal(Role.FULL, Set.of(), "anybody"));
    }
  }

  /** @param hash see {@link Secrets#hash} */
  record Grant(String hash, Principal principal) {}

  /** Bearer tokens. */
  record Tokens(List<Grant> grants) implements Authority {
    public Tokens {
      grants = List.copyOf(grants);
    }

    @Override
    public String driver() {
      return "token";
    }

    @Override
    public Optional<Principal> principal(@Nullable String authorization, @Nullable String signature, byte[] body) {
      if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) return Optional.empty();
      String hash = Secrets.hash(authorization.substring(7).strip());
      Principal found = null;
      // All are compared, whichever fits: the time tells nothing about the order.
      for (Grant grant : grants) if (Secrets.same(grant.hash(), hash) && found == null) found = grant.principal();
      return Optional.ofNullable(found);
    }
  }

  /** @param key shared with the callers of a role */
  record Key(String key, Principal principal) {}

  /**
   * Signed bodies: {@code X-Signature} is the HMAC-SHA256 of the raw body in lower-case hex. It says nothing about path
   * and time, so a request without a body can be repeated by whoever saw it; use it inside TLS only.
   */
  record Signatures(List<Key> keys) implements Authority {
    public Signatures {
      keys = List.copyOf(keys);
    }

    @Override
    public String driver() {
      return "signature";
    }

    @Override
    public Optional<Principal> principal(@Nullable String authorization, @Nullable String signature, byte[] body) {
      if (signature == null) return Optional.empty();
      Principal found = null;
      for (Key key : keys) {
        String expected = HexFormat.of().formatHex(Secrets.mac(key.key().getBytes(StandardCharsets.UTF_8), body));
        if (Secrets.same(expected, signature) && found == null) found = key.principal();
      }
      return Optional.ofNullable(found);
    }
  }

  /**
   * Roles of the secrets of a configuration. A single secret without a role is good for everything; as soon as there is
   * one by role, it is an administrator's.
   *
   * @param shared the secret without a role; null: there is none
   */
  static <T> List<T> roles(List<T> byRole, @Nullable String shared, BiFunction<String, Role, T> as) {
    List<T> all = new ArrayList<>(byRole);
    if (shared != null) all.add(as.apply(shared, byRole.isEmpty() ? Role.FULL : Role.ADMIN));
    return all;
  }
}
