package dev.pawl.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Objects under paths, for those whose signature is right: it is worked out from what arrived, by the description of the
 * method, and with no code of Pawl's.
 */
final class FakeS3 implements AutoCloseable {
  private static final Pattern AUTHORIZATION = Pattern.compile(
      "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/s3/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]+)");

  final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final String id;
  private final String secret;
  private final HttpServer server;

  FakeS3(String id, String secret) throws IOException {
    this.id = id;
    this.secret = secret;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath();
      String method = exchange.getRequestMethod();
      seen.add(method + " " + path);
      if (!genuine(exchange, body)) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      switch (method) {
        case "PUT" -> {
          objects.put(path, body);
          exchange.sendResponseHeaders(200, -1);
        }
        case "GET" -> {
          byte[] found = objects.get(path);
          exchange.sendResponseHeaders(found == null ? 404 : 200, found == null ? -1 : found.length);
          if (found != null) exchange.getResponseBody().write(found);
        }
        case "DELETE" -> {
          objects.remove(path);
          exchange.sendResponseHeaders(204, -1);
        }
        default -> exchange.sendResponseHeaders(405, -1);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private boolean genuine(HttpExchange exchange, byte[] body) throws GeneralSecurityException {
    Matcher said = AUTHORIZATION.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    if (!said.matches() || !said.group(1).equals(id)) return false;
    String hash = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
    String time = exchange.getRequestHeaders().getFirst("x-amz-date");
    if (!sha256(body).equals(hash) || !time.startsWith(said.group(2))) return false;
    List<String> names = Arrays.asList(said.group(4).split(";"));
    if (!names.containsAll(List.of("host", "x-amz-content-sha256", "x-amz-date"))) return false;
    String headers = "";
    for (String name : names) headers += name + ":" + exchange.getRequestHeaders().getFirst(name).strip() + "\n";
    String canonical = exchange.getRequestMethod() + "\n" + exchange.getRequestURI().getRawPath() + "\n\n" + headers
        + "\n" + said.group(4) + "\n" + hash;
    String scope = said.group(2) + "/" + said.group(3) + "/s3/aws4_request";
    String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(canonical.getBytes(StandardCharsets.UTF_8));
    byte[] day = mac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), said.group(2));
    byte[] key = mac(mac(mac(day, said.group(3)), "s3"), "aws4_request");
    return HexFormat.of().formatHex(mac(key, text)).equals(said.group(5));
  }

  static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
