package dev.pawl.server.storage;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Signs requests as S3 and what speaks like it want it: AWS signature version 4, in headers, with the body's hash. */
final class AwsSignature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String METHOD = "AWS4-HMAC-SHA256";

  private AwsSignature() {}

  /** @param token of temporary keys; null: the keys are for good */
  record Keys(String id, String secret, @Nullable String token) {}

  /** The headers that make a request without a query authentic; {@code host} is not among them, the client sends it. */
  static Map<String, String> headers(Keys keys, String region, String method, URI uri, byte[] body, Instant now) {
    String time = TIME.format(now);
    String day = time.substring(0, 8);
    TreeMap<String, String> signed = new TreeMap<>();
    signed.put("host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
    signed.put("x-amz-content-sha256", sha256(body));
    signed.put("x-amz-date", time);
    if (keys.token() != null) signed.put("x-amz-security-token", keys.token());
    String names = String.join(";", signed.keySet());
    StringBuilder canonical = new StringBuilder(method).append('\n').append(uri.getRawPath()).append("\n\n");
    signed.forEach((name, value) -> canonical.append(name).append(':').append(value).append('\n'));
    canonical.append('\n').append(names).append('\n').append(signed.get("x-amz-content-sha256"));
    String scope = "%s/%s/s3/aws4_request".formatted(day, region);
    String text = String.join("\n", METHOD, time, scope,
        sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
    byte[] key = ("AWS4" + keys.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, region, "s3", "aws4_request"}) key = mac(key, part);
    Map<String, String> headers = new TreeMap<>(signed);
    headers.remove("host");
    headers.put("Authorization", "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s".formatted(METHOD, keys.id(),
        scope, names, HexFormat.of().formatHex(mac(key, text))));
    return headers;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
