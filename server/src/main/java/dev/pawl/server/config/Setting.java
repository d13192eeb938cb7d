package dev.pawl.server.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One setting. Its option is {@code --name}, its variable {@code PAWL_NAME}, its place in a file {@code name}.
 *
 * @param alias the variable that the language-neutral protocol has for it; null: none
 * @param absent null: nothing
 * @param secret whether its value is never shown
 */
public record Setting(String name, @Nullable String alias, @Nullable String absent, boolean secret, String meaning) {
  static final List<Setting> ALL = List.of(
      of("database", null, "jdbc:sqlite:pawl-data/pawl.db",
          "address of the database: jdbc:sqlite:, jdbc:postgresql: or jdbc:mariadb:"),
      of("database-user", null, null, "user of the database, unless its address says it"),
      new Setting("database-password", null, null, true, "password of that user"),
      of("host", null, "0.0.0.0", "address to listen on"),
      of("port", "DW_SERVER_PORT", "8080", "port to listen on, 0 for any"),
      of("tls-certificate", null, null, "PEM file with the certificate chain; with tls-key, everything is TLS"),
      of("tls-key", null, null, "PEM file with the private key"),
      of("server-id", "DW_SERVER_ID", null, "name of this node; the host's name if it is not set"),
      of("namespace", "DW_DEFAULT_NAMESPACE", "default", "namespace of requests that name none"),
      of("auth", "DW_AUTH_DRIVER", "token", "none, token or signature"),
      secret("worker-token", "DW_WORKER_TOKEN", "token of workers"),
      secret("operator-token", "DW_OPERATOR_TOKEN", "token of operators"),
      secret("admin-token", "DW_ADMIN_TOKEN", "token of administrators"),
      secret("auth-token", "DW_AUTH_TOKEN",
          "one token for everything; an administrator's as soon as there is one by role"),
      of("auth-backward-compatible", "DW_AUTH_BACKWARD_COMPATIBLE", "true",
          "whether auth-token and signature-key count"),
      secret("worker-signature-key", "DW_WORKER_SIGNATURE_KEY", "key of workers' signatures"),
      secret("operator-signature-key", "DW_OPERATOR_SIGNATURE_KEY", "key of operators' signatures"),
      secret("admin-signature-key", "DW_ADMIN_SIGNATURE_KEY", "key of administrators' signatures"),
      secret("signature-key", "DW_SIGNATURE_KEY", "one key for everything"),
      of("redis", null, null,
          "redis://[user:password@]host[:port]: how the nodes on one database wake each other sooner; optional"),
      of("redis-channel", null, "pawl", "channel of the hints; one for each database that shares a Redis"),
      of("migrate", null, "true", "whether the schema is brought up to date at the start"),
      of("long-poll-seconds", "DW_LONG_POLL_TIMEOUT", "30", "how long a poll waits that does not say, 1 to 60"),
      of("max-body-bytes", "DW_MAX_PAYLOAD_BYTES", "4194304", "largest body of a request, 1024 to 67108864"),
      of("max-unread-events", null, "10000",
          "a run with so many events that its program has not looked at takes no signals and updates, 1 to 1000000"),
      of("external-executor-config", "DW_EXTERNAL_EXECUTOR_CONFIG_PATH", null,
          "JSON file that says which activities this server carries out by a call, and where"),
      of("external-executor-overlay", "DW_EXTERNAL_EXECUTOR_CONFIG_OVERLAY", null,
          "part of that file's overlays that is laid over it"),
      of("storage-folder", null, null, "folder inside of which namespaces may keep large payloads"),
      of("s3-endpoint", null, null, "address of the service that speaks S3; Amazon's if it is not set"),
      of("s3-region", "AWS_REGION", "us-east-1", "region of buckets whose policy names none"),
      of("s3-access-key", "AWS_ACCESS_KEY_ID", null, "id of the key to the buckets of namespaces"),
      secret("s3-secret-key", "AWS_SECRET_ACCESS_KEY", "that key"),
      secret("s3-session-token", "AWS_SESSION_TOKEN", "token of a temporary key"),
      of("heartbeat-interval-ms", null, "5000", "how often workers and nodes say that they live, 1000 to 15000"),
      of("lease-timeout-ms", null, "15000", "silent for so long they are lost, 3000 to 900000, three heartbeats at least"),
      of("self-fence-margin-ms", null, "5000", "so long before that they stop by themselves"),
      of("takeover-poll-ms", null, "1000", "how often a node looks for abandoned work, 100 to 5000"),
      of("wait-recheck-ms", null, "900000", "how often everything that waits is looked at, 1000 to 900000"),
      of("contracts", null, null,
          "folder of payload contracts: <namespace>/<type>.json (JSON Schema) and <namespace>/<type>.xsd"),
      of("ticket-tracker", null, null,
          "address that knows tickets, with {ticket} in it: 200 is open, 404 and 410 are not; asked for each manual transition"),
      secret("ticket-tracker-token", null, "bearer token for that address"),
      of("messages-after-first-task", null, "true",
          "whether signals and updates that came before the first task are shown with the second one; "
              + "cures workers that lose a condition which is true when it is first reached"));

  private static Setting of(String name, @Nullable String alias, @Nullable String absent, String meaning) {
    return new Setting(name, alias, absent, false, meaning);
  }

  private static Setting secret(String name, @Nullable String alias, String meaning) {
    return new Setting(name, alias, null, true, meaning);
  }

  String variable() {
    return "PAWL_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
