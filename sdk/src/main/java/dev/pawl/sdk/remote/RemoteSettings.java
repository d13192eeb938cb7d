package dev.pawl.sdk.remote;

import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How servers are spoken to. */
public final class RemoteSettings {
  /** Bearer token; empty: none, for servers that let everybody in. */
  public String token = "";

  /**
   * The key of the role that signs what is said, for servers with {@code auth: signature}; empty: nothing is signed. Either
   * this or a token. What is signed can be read and said again by whoever sees it: use it inside TLS only.
   */
  public String signatureKey = "";

  /** How long a call is repeated, at all servers in turn, before it fails; 1 s to 10 min. */
  public Duration patience = Duration.ofSeconds(30);

  /** How long a connection may take to come about; 10 ms to 1 min. */
  public Duration connecting = Duration.ofSeconds(3);

  /** Whom to trust, for servers with a certificate of one's own; null: the JDK's. */
  public @Nullable SSLContext tls;

  RemoteSettings() {}

  void check() {
    within("patience", patience, Duration.ofSeconds(1), Duration.ofMinutes(10));
    within("connecting", connecting, Duration.ofMillis(10), Duration.ofMinutes(1));
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("token: expected printable ASCII without spaces");
    }
    if (!token.isEmpty() && !signatureKey.isEmpty()) {
      throw new IllegalArgumentException("token and signatureKey: expected one of them, a server takes either");
    }
  }

  private static void within(String field, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException("%s: expected %s to %s, got %s".formatted(field, least, most, value));
    }
  }
}
