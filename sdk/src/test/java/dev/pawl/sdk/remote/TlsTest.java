package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Databases;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of one's own is trusted if the program says so, and only then. */
@Timeout(180)
class TlsTest {
  private static final char[] PASSWORD = "secret-1".toCharArray();

  @TempDir Path folder;

  @Test
  void trustIsTheJdksUnlessSaid() throws Exception {
    KeyStore keys = keys();
    Path key = pem("key.pem", "PRIVATE KEY", keys.getKey("pawl", PASSWORD).getEncoded());
    Path certificate = pem("certificate.pem", "CERTIFICATE", keys.getCertificate("pawl").getEncoded());
    try (PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource());
        PawlServer server = PawlServer.of(engine, ServerConfig.of(List.of("--port", "0", "--host", "127.0.0.1",
            "--auth-token", "sesame", "--tls-key", key.toString(), "--tls-certificate", certificate.toString()),
            Map.of()), said -> {})) {
      URI address = URI.create("https://127.0.0.1:" + server.port());
      try (RemotePawl far = RemotePawl.connect(List.of(address), set -> {
        set.token = "sesame";
        set.tls = trusting(keys);
      })) {
        assertThat(PawlClient.on(far.control()).count("")).isZero();
      }
      try (RemotePawl far = RemotePawl.connect(List.of(address), set -> {
        set.token = "sesame";
        set.patience = Duration.ofSeconds(1);
      })) {
        assertThatThrownBy(() -> PawlClient.on(far.control()).count("")).isInstanceOf(RejectedException.class)
            .hasMessageContaining("nothing was sent");
      }
    }
  }

  private KeyStore keys() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair", "-alias", "pawl", "-keyalg", "EC", "-dname", "CN=pawl", "-ext", "san=ip:127.0.0.1", "-storetype",
        "PKCS12", "-keystore", store.toString(), "-storepass", new String(PASSWORD)).inheritIO().start();
    assertThat(keytool.waitFor()).isZero();
    return KeyStore.getInstance(store.toFile(), PASSWORD);
  }

  private Path pem(String name, String what, byte[] bytes) throws Exception {
    String text = "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(
        what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes), what);
    return Files.writeString(folder.resolve(name), text);
  }

  private static SSLContext trusting(KeyStore keys) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("pawl", keys.getCertificate("pawl"));
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls;
    } catch (java.security.GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
