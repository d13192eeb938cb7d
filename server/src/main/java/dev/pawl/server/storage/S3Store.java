package dev.pawl.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A bucket of S3, or of anything that speaks like it, with the bucket in the path. Redirects are not followed. */
final class S3Store implements ObjectStore {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http;
  private final Place place;
  private final String bucket;
  private final String prefix;
  private final Supplier<Instant> now;

  /** @param endpoint scheme and authority, without a path */
  record Place(URI endpoint, String region, AwsSignature.Keys keys) {}

  /**
   * @param prefix of all keys, without a slash at its ends; empty: none
   * @param now by a clock that is right to some minutes
   */
  S3Store(HttpClient http, Place place, String bucket, String prefix, Supplier<Instant> now) {
    this.http = http;
    this.place = place;
    this.bucket = bucket;
    this.prefix = prefix;
    this.now = now;
  }

  private URI address(String key) {
    String path = Arrays.stream((bucket + "/" + key).split("/")).map(S3Store::encoded)
        .collect(Collectors.joining("/", "/", ""));
    return place.endpoint().resolve(path);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A")
        .replace("%7E", "~");
  }

  private HttpResponse<InputStream> send(String method, String key, byte[] body) throws IOException {
    URI uri = address(key);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE)
        .method(method, body.length == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body));
    AwsSignature.headers(place.keys(), place.region(), method, uri, body, now.get()).forEach(request::header);
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the store was asked", e);
    }
  }

  private static byte[] read(HttpResponse<InputStream> response, long most, String verb) throws IOException {
    try (InputStream in = response.body()) {
      int status = response.statusCode();
      if (status / 100 != 2) throw new IOException("the store answered %d to %s".formatted(status, verb));
      byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8L));
      if (bytes.length > most) throw new IOException("the object has more than %d bytes".formatted(most));
      return bytes;
    }
  }

  @Override
  public void put(String key, byte[] bytes) throws IOException {
    read(send("PUT", under(key), bytes), 65_536, "PUT");
  }

  @Override
  public byte[] get(String key, long most) throws IOException {
    return read(send("GET", under(key), new byte[0]), most, "GET");
  }

  @Override
  public void delete(String key) throws IOException {
    HttpResponse<InputStream> response = send("DELETE", under(key), new byte[0]);
    if (response.statusCode() == 404) response.body().close();
    else read(response, 65_536, "DELETE");
  }

  private String under(String key) {
    return prefix.isEmpty() ? key : prefix + "/" + key;
  }

  @Override
  public String uri(String key) {
    return "s3://" + bucket + "/" + Arrays.stream(under(key).split("/")).map(S3Store::encoded)
        .collect(Collectors.joining("/"));
  }

  @Override
  public String key(String uri) throws IOException {
    URI named = URI.create(uri);
    if (!"s3".equals(named.getScheme()) || !bucket.equals(named.getAuthority())) {
      throw new IOException("the object is in another bucket");
    }
    String key = named.getPath().substring(1);
    if (Arrays.stream(key.split("/", -1)).anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))) {
      throw new IOException("the key has empty segments, or dots for some");
    }
    if (prefix.isEmpty()) return key;
    if (!key.startsWith(prefix + "/")) throw new IOException("the object is not below the prefix of the policy");
    return key.substring(prefix.length() + 1);
  }
}
