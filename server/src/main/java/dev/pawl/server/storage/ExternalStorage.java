package dev.pawl.server.storage;

import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.Declarations;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Reference;
import dev.pawl.server.wire.Values;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The policies of all namespaces, and the stores behind those that this server can open. */
public final class ExternalStorage {
  private static final Logger LOG = LoggerFactory.getLogger(ExternalStorage.class);
  private static final String KIND = "storage";
  private static final String POLICY = "policy";
  /** The base64 text of the largest value. */
  private static final long MOST_SHOWN = Payload.MAX_BYTES / 3L * 4 + 4;

  private final Declarations declared;
  private final Access access;
  private final Supplier<Instant> now;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).followRedirects(HttpClient.Redirect.NEVER).build();

  /**
   * What this server may open. A policy chooses among it and cannot widen it: whoever writes policies reads no other
   * files and reaches no other hosts.
   *
   * @param folder inside of which the folders of policies lie; null: no local ones
   * @param s3Endpoint null: Amazon's, of the region
   * @param s3Key with its secret; null: no buckets
   * @param s3Token of temporary keys
   */
  public record Access(@Nullable String folder, @Nullable String s3Endpoint, String s3Region, @Nullable String s3Key,
      @Nullable String s3Secret, @Nullable String s3Token) {}

  /** @param now for signatures */
  public ExternalStorage(Declarations declared, Access access, Supplier<Instant> now) {
    this.declared = declared;
    this.access = access;
    this.now = now;
  }

  // ---- policies

  /** What was said for a namespace; empty: nothing. */
  public Optional<StoragePolicy> policy(String namespace) {
    return declared.find(namespace, KIND, POLICY).map(it -> StoragePolicy.read(Json.stored(it.data())));
  }

  /** As it stands in the description of a namespace; null: there is none. */
  public @Nullable Map<String, @Nullable Object> shape(String namespace) {
    return policy(namespace).map(StoragePolicy::wire).orElse(null);
  }

  /**
   * Keeps a policy. One that names no folder of this server gets a folder of the namespace's own.
   *
   * @throws Refusal 422
   */
  public void put(String namespace, Map<String, @Nullable Object> sent) {
    StoragePolicy policy = StoragePolicy.read(sent);
    String outer = access.folder();
    boolean homeless = policy.driver().equals("local") && !policy.config().containsKey("uri")
        && !policy.config().containsKey("disk");
    if (homeless && outer != null) {
      Path own = Path.of(outer).toAbsolutePath().normalize().resolve("namespace-" + namespace);
      policy = policy.with("uri", "file://" + own.toUri().getRawPath());
    }
    declared.put(namespace, KIND, POLICY, Json.text(policy.wire()));
  }

  // ---- references

  /**
   * Whether a reference may be kept: the namespace keeps payloads outside, and the reference leads to where it does.
   *
   * @throws Refusal 422
   */
  void admit(String namespace, String field, Reference reference) {
    StoragePolicy policy = policy(namespace).filter(StoragePolicy::enabled).orElseThrow(() ->
        Refusal.invalid(field, "This namespace has no external payload storage."));
    URI uri = URI.create(reference.uri());
    if (!policy.scheme().equals(uri.getScheme())) {
      throw Refusal.invalid(field + ".uri", "This namespace keeps payloads at %s://.".formatted(policy.scheme()));
    }
    try {
      open(policy).key(reference.uri());
    } catch (Unavailable e) {
      // The address is the clients' business alone: this server cannot look there anyway.
      String bucket = policy.config().get("bucket");
      if (bucket != null && !bucket.equals(uri.getAuthority())) {
        throw Refusal.invalid(field + ".uri", "This namespace keeps payloads in another bucket.");
      }
    } catch (IOException e) {
      throw Refusal.invalid(field + ".uri", "The uri does not lead to this namespace's storage: " + e.getMessage());
    }
  }

  /** The value behind a reference; null: it is not to be had, which is in the log. */
  public @Nullable Object shown(String namespace, Reference reference) {
    try {
      StoragePolicy policy = policy(namespace).filter(StoragePolicy::enabled).orElse(null);
      if (policy == null) return null;
      ObjectStore store = open(policy);
      byte[] bytes = store.get(store.key(reference.uri()), MOST_SHOWN);
      if (bytes.length != reference.size() || !AwsSignature.sha256(bytes).equals(reference.sha256())) {
        throw new IOException("the bytes are not those that were stored");
      }
      return Values.plain(Values.value("payload",
          Json.of("codec", "avro", "blob", new String(bytes, StandardCharsets.US_ASCII))));
    } catch (IOException | Refusal e) {
      LOG.info("the payload at {} cannot be shown: {}", reference.uri(), e.getMessage());
      return null;
    }
  }

  /**
   * Puts the values behind references into a description, where it has only the references.
   *
   * @param shape with {@code input} beside {@code input_envelope}, and so on
   */
  public void show(String namespace, Map<String, @Nullable Object> shape, String... names) {
    for (String name : names) {
      Object reference = Json.object(shape.get(name + "_envelope")).get(Reference.MEMBER);
      if (reference != null) shape.put(name, shown(namespace, Reference.read(name, reference)));
    }
  }

  // ---- stores

  /** This server has no way to a store. */
  static final class Unavailable extends IOException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
      super(message);
    }
  }

  ObjectStore open(StoragePolicy policy) throws IOException {
    return switch (policy.driver()) {
      case "local" -> folder(policy);
      case "s3" -> bucket(policy);
      default -> throw new Unavailable("this server has no way to %s".formatted(policy.driver()));
    };
  }

  private ObjectStore folder(StoragePolicy policy) throws IOException {
    String outer = access.folder();
    if (outer == null) throw new Unavailable("this server has no storage-folder");
    String named = policy.config().getOrDefault("uri", policy.config().get("disk"));
    if (named == null) throw new Unavailable("the policy has no config.uri");
    URI uri;
    try {
      uri = URI.create(named);
    } catch (IllegalArgumentException e) {
      throw new Unavailable("config.uri is none");
    }
    boolean local = uri.getScheme() == null || uri.getScheme().equals("file");
    if (!local || uri.getPath() == null || !uri.getPath().startsWith("/")) {
      throw new Unavailable("config.uri is no file:///...");
    }
    return FolderStore.inside(Path.of(outer), Path.of(uri.getPath()));
  }

  private ObjectStore bucket(StoragePolicy policy) throws IOException {
    String key = access.s3Key();
    String secret = access.s3Secret();
    if (key == null || secret == null) throw new Unavailable("this server has no keys to S3");
    String bucket = policy.config().get("bucket");
    if (bucket == null || !bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      throw new Unavailable("config.bucket is no name of a bucket");
    }
    String region = policy.config().getOrDefault("region", access.s3Region());
    if (!region.matches("[a-z0-9-]{1,64}")) throw new Unavailable("config.region is no region");
    String endpoint = access.s3Endpoint() != null ? access.s3Endpoint() : "https://s3.%s.amazonaws.com".formatted(region);
    String wanted = policy.config().get("endpoint");
    if (wanted != null && !wanted.replaceAll("/+$", "").equals(endpoint.replaceAll("/+$", ""))) {
      throw new Unavailable("config.endpoint is not the one that this server uses");
    }
    return new S3Store(http, new S3Store.Place(URI.create(endpoint), region,
        new AwsSignature.Keys(key, secret, access.s3Token())), bucket,
        policy.config().getOrDefault("prefix", ""), now);
  }
}
