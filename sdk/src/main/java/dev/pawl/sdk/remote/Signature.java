package dev.pawl.sdk.remote;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Says who calls by the HMAC-SHA256 of what is sent, in lower-case hex. */
final class Signature {
  private static final String HMAC = "HmacSHA256";

  private final SecretKeySpec key;

  Signature(String key) {
    this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), HMAC);
  }

  /** @param body exactly the bytes that are sent */
  String of(byte[] body) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
