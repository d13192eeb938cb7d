package dev.pawl.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.server.auth.Authority;
import dev.pawl.server.auth.Role;
import dev.pawl.server.auth.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
  private static ServerConfig of(String... options) {
    return ServerConfig.of(List.of(options), Map.of());
  }

  private static String wrong(Map<String, String> environment, String... options) {
    try {
      ServerConfig.of(List.of(options), environment);
    } catch (RejectedException e) {
      return e.rejection().message();
    }
    throw new AssertionError("expected a refusal");
  }

  @Test
  void everythingHasADefault() {
    ServerConfig config = of();
    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.namespace()).isEqualTo("default");
    assertThat(config.database()).isEqualTo("jdbc:sqlite:pawl-data/pawl.db");
    assertThat(config.tokens()).isEmpty();
  }

  @Test
  void optionsCountBeforeTheFileAndTheFileBeforeTheEnvironment(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file, "port: 2\nhost: filed\n");
    ServerConfig config = ServerConfig.of(List.of("--config", file.toString(), "--port=1"),
        Map.of("PAWL_PORT", "3", "PAWL_HOST", "env", "PAWL_SERVER_ID", "node-7", "DW_ADMIN_TOKEN", "secret"));
    assertThat(config.port()).isEqualTo(1);
    assertThat(config.host()).isEqualTo("filed");
    assertThat(config.serverId()).isEqualTo("node-7");
    assertThat(config.tokens()).hasSize(1);
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file, "prot: 2\ntokens:\n  - role: king\n    sha256: abc\n");
    assertThat(wrong(Map.of("PAWL_PROT", "1", "PAWL_AUTH", "none", "DW_AUTH_DRIVER", "token"), "--config",
        file.toString(),
        "--nonsense", "x", "--port", "70000", "--migrate", "maybe"))
        .contains("PAWL_PROT", "setting 'prot'", "--nonsense", "port: expected", "migrate: expected",
            "tokens.0.role", "tokens.0.sha256", "PAWL_AUTH and DW_AUTH_DRIVER contradict");
    assertThat(wrong(Map.of(), "--config", folder.resolve("none.yaml").toString())).contains("cannot be read");
    assertThat(wrong(Map.of(), "--database", "mongodb:x")).contains("database: expected");
    assertThat(wrong(Map.of(), "--tls-key", "k.pem")).contains("both or neither");
    assertThat(wrong(Map.of(), "--s3-session-token", "t")).contains("s3-session-token");
    assertThat(wrong(Map.of(), "--database-user", "ann")).contains("database-user");
    assertThat(wrong(Map.of(), "--auth", "none", "--auth-token", "x")).contains("auth is none");
    assertThat(wrong(Map.of(), "--auth", "signature")).contains("no key is given");
    assertThat(wrong(Map.of(), "--redis", "db:6379", "--database", "jdbc:postgresql://db/pawl"))
        .contains("redis: expected");
    assertThat(wrong(Map.of(), "--redis", "redis://db")).contains("SQLite serves one node");
    assertThat(wrong(Map.of(), "--port")).contains("expected a value");
    assertThat(wrong(Map.of(), "server")).contains("expected an option");
  }

  /** What it says is read: its value is among the lines, or is complained about by name. */
  private static void isRead(String name, String source, String value) {
    Map<String, String> environment = new HashMap<>(Map.of(source, value));
    if (name.endsWith("signature-key")) environment.put("PAWL_AUTH", "signature");
    try {
      assertThat(ServerConfig.of(List.of(), environment).lines()).as(source)
          .anyMatch(line -> line.startsWith(name + " ") && line.endsWith("(" + source + ")"));
    } catch (RejectedException e) {
      assertThat(e.rejection().message()).as("%s=%s", source, value).contains(name).doesNotContain("no such setting");
    }
  }

  @Test
  void everySettingIsAVariableOfItsOwnAndOftenOneOfTheContract() {
    for (Setting setting : Setting.ALL) {
      String value = setting.absent() == null ? "x" : setting.absent();
      isRead(setting.name(), setting.variable(), value);
      if (setting.alias() != null) isRead(setting.name(), setting.alias(), value);
    }
    assertThat(Setting.ALL).extracting(Setting::alias).contains("DW_SERVER_PORT", "DW_SERVER_ID", "DW_DEFAULT_NAMESPACE",
        "DW_AUTH_DRIVER", "DW_WORKER_TOKEN", "DW_OPERATOR_TOKEN", "DW_ADMIN_TOKEN", "DW_AUTH_TOKEN",
        "DW_AUTH_BACKWARD_COMPATIBLE", "DW_WORKER_SIGNATURE_KEY", "DW_OPERATOR_SIGNATURE_KEY",
        "DW_ADMIN_SIGNATURE_KEY", "DW_SIGNATURE_KEY", "DW_EXTERNAL_EXECUTOR_CONFIG_PATH");
  }

  /** T1: settings that break the recovery bound, or each other, keep the server from starting. */
  @Test
  void t1_theRecoveryBoundIsAnAssertion() {
    assertThat(wrong(Map.of(), "--lease-timeout-ms", "10000")).contains("UWER-5002", "three heartbeats");
    assertThat(wrong(Map.of(), "--heartbeat-interval-ms", "16000", "--lease-timeout-ms", "60000",
        "--self-fence-margin-ms", "16000")).contains("UWER-5002", "heartbeat");
    assertThat(wrong(Map.of(), "--self-fence-margin-ms", "16000")).contains("UWER-5002");
    assertThat(wrong(Map.of(), "--wait-recheck-ms", "3600000")).contains("UWER-5002");
    assertThat(wrong(Map.of(), "--takeover-poll-ms", "soon")).contains("takeover-poll-ms");
    assertThat(of("--lease-timeout-ms", "30000", "--heartbeat-interval-ms", "6000", "--self-fence-margin-ms", "6000")
        .leases().recoveryBound()).isEqualTo(java.time.Duration.ofSeconds(31));
  }

  @Test
  void secretsAreNeverShown() {
    ServerConfig config = of("--auth-token", "sesame", "--database",
        "jdbc:postgresql://pawl:hidden@db/pawl?password=hidden&ssl=true", "--redis", "redis://:hidden@cache:6379");
    assertThat(String.join("\n", config.lines())).doesNotContain("sesame", "hidden")
        .contains("ssl=true", "(option)", "@cache:6379");
  }

  @Test
  void oneTokenForEverythingIsAnAdministratorsAsSoonAsThereIsOneByRole() {
    assertThat(of("--auth-token", "s").tokens()).extracting(g -> g.principal().role()).containsExactly(Role.FULL);
    assertThat(of("--auth-token", "s", "--worker-token", "w").tokens()).extracting(g -> g.principal().role())
        .containsExactly(Role.WORKER, Role.ADMIN);
    assertThat(of("--auth-token", "s", "--worker-token", "w", "--auth-backward-compatible", "false").tokens())
        .hasSize(1);
  }

  @Test
  void tokensInAFileAreHashesAndMayBeForSomeNamespaces(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file,
        "tokens:\n  - {role: operator, sha256: %s, namespaces: [shop]}\n".formatted(Secrets.hash("op")));
    Authority authority = of("--config", file.toString()).authority(List.of());
    var principal = authority.principal("Bearer op", null, new byte[0]).orElseThrow();
    assertThat(principal.mayTouch("shop")).isTrue();
    assertThat(principal.mayTouch("bank")).isFalse();
    assertThat(authority.principal("Bearer no", null, new byte[0])).isEmpty();
    assertThat(authority.principal("op", null, new byte[0])).isEmpty();
  }

  @Test
  void aSecretHasOneRoleOnly(@TempDir Path folder) throws IOException {
    assertThat(wrong(Map.of("DW_ADMIN_TOKEN", "s"), "--worker-token", "s"))
        .contains("worker-token and admin-token are the same secret").doesNotContain("'s'");
    assertThat(wrong(Map.of(), "--operator-token", "s", "--auth-token", "s")).contains("operator-token and auth-token");
    assertThat(wrong(Map.of(), "--auth", "signature", "--worker-signature-key", "s", "--signature-key", "s"))
        .contains("worker-signature-key and signature-key");
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file, """
        tokens:
          - {role: worker, name: ann, sha256: %1$s, namespaces: [shop]}
          - {role: worker, name: ben, sha256: %1$s}
        """.formatted(Secrets.hash("s")));
    assertThat(wrong(Map.of(), "--config", file.toString())).contains("tokens (ann) and tokens (ben)");
    assertThat(wrong(Map.of(), "--config", file.toString(), "--admin-token", "s")).contains("admin-token and tokens (ann)");
    assertThat(of("--worker-token", "s", "--auth-token", "s", "--auth-backward-compatible", "false").tokens()).hasSize(1);
  }

  /** What is left out means all namespaces, so what is written in another shape must not be left out. */
  @Test
  void limitsThatCannotBeReadAreRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pawl.yaml");
    for (String limit : List.of("shop", "[]", "", "[shop, 7]", "{shop: true}")) {
      Files.writeString(file, "tokens:\n  - {role: worker, sha256: %s, namespaces: %s}\n".formatted(Secrets.hash("s"), limit));
      assertThat(wrong(Map.of(), "--config", file.toString())).as(limit).contains("tokens.0.namespaces: expected a list");
    }
    Files.writeString(file, "tokens: {role: worker, sha256: %s}\n".formatted(Secrets.hash("s")));
    assertThat(wrong(Map.of(), "--config", file.toString())).contains("tokens: expected a list");
  }

  @Test
  void signaturesAreOverTheRawBody() {
    Authority authority = of("--auth", "signature", "--worker-signature-key", "w", "--signature-key", "all")
        .authority(List.of());
    byte[] body = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
    String signed = HexFormat.of().formatHex(Secrets.mac("w".getBytes(StandardCharsets.UTF_8), body));
    assertThat(authority.principal(null, signed, body).orElseThrow().role()).isEqualTo(Role.WORKER);
    assertThat(authority.principal(null, signed, new byte[0])).isEmpty();
    assertThat(authority.principal("Bearer w", null, body)).isEmpty();
    assertThatThrownBy(() -> of("--auth", "token", "--signature-key", "x")).isInstanceOf(RejectedException.class);
  }
}
