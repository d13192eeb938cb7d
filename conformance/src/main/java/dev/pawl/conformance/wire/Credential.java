package dev.pawl.conformance.wire;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How a request says who sends it. */
public sealed interface Credential {
  /** @param body as it goes over the wire */
  void on(HttpRequest.Builder request, byte[] body);

  /** Nobody in particular. */
  record Nobody() implements Credential {
    @Override
    public void on(HttpRequest.Builder request, byte[] body) {}
  }

  record Token(String token) implements Credential {
    @Override
    public void on(HttpRequest.Builder request, byte[] body) {
      request.setHeader("Authorization", "Bearer " + token);
    }

    @Override
    public String toString() {
      return "Token[...]";
    }
  }

  /** A key that signs the body. */
  record Key(String key) implements Credential {
    @Override
    public void on(HttpRequest.Builder request, byte[] body) {
      request.setHeader("X-Signature", signature(key, body));
    }

    @Override
    public String toString() {
      return "Key[...]";
    }
  }

  private static String signature(String key, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
