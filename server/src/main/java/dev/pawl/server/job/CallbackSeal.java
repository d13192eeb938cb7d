package dev.pawl.server.job;

import dev.pawl.protocol.job.JobApi;
import dev.pawl.server.auth.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Callback tokens for the outside: what the engine knows a lease's effect by, and a seal that nobody else can make. Who
 * has one may tell how that one effect came out, and nothing more.
 */
final class CallbackSeal {
  private static final int BYTES = 16;

  private final byte[] key;

  /** @param key the same on all nodes */
  CallbackSeal(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  String write(JobApi.CallbackToken token) {
    return token + "." + seal(token.toString());
  }

  /** Empty: this is no token that was given out. */
  Optional<JobApi.CallbackToken> read(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 0 || !Secrets.same(seal(text.substring(0, dot)), text.substring(dot + 1))) return Optional.empty();
    return Optional.of(JobApi.CallbackToken.parse(text.substring(0, dot)));
  }

  private String seal(String token) {
    byte[] mac = Secrets.mac(key, ("callback:" + token).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(mac, BYTES));
  }
}
