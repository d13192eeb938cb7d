package dev.pawl.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.conformance.cases.Contract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, against a server that answers everything with 200 and nothing. */
class CommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HttpServer server;
  private boolean open = true;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("X-Durable-Workflow-Control-Plane-Version", "2");
      exchange.sendResponseHeaders(open ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private int run(String... arguments) throws Exception {
    return new Conformance(new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8)).run(List.of(arguments));
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void whatIsWrongFailsAndIsReported(@TempDir Path folder) throws Exception {
    assertThat(run("--url", url(), "--only", "6.3/workflow_type", "--report", folder.toString())).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("FAILED 6.3/workflow_type: ", "0 passed, 1 failed, 0 skipped");
    var xml = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(folder.resolve("junit.xml").toFile()).getDocumentElement();
    assertThat(xml.getAttribute("tests")).isEqualTo("1");
    assertThat(xml.getAttribute("failures")).isEqualTo("1");
    assertThat(xml.getElementsByTagName("failure").item(0).getTextContent()).contains("POST /workflows");
    assertThat(Files.readString(folder.resolve("report.html"))).contains("6.3/workflow_type", "class=\"failed\"",
        "0 passed, 1 failed, 0 skipped");
  }

  @Test
  void whatAServerHasNotIsSkippedAndNeverPassed(@TempDir Path folder) throws Exception {
    assertThat(run("--url", url(), "--only", "6.8/create", "--report", folder.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("the server has no schedules", "0 passed, 0 failed, 7 skipped");
    assertThat(Files.readString(folder.resolve("junit.xml"))).contains("skipped=\"7\"",
        "<skipped message=\"the server has no schedules\"");
  }

  @Test
  void whoIsNotLetInOrFindsNobodyDoesNotBegin() throws Exception {
    open = false;
    assertThat(run("--url", url(), "--token", "wrong")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("discovery document", "401");
    String gone = url();
    server.stop(0);
    assertThat(run("--url", gone)).isEqualTo(2);
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() throws Exception {
    assertThat(run()).isEqualTo(2);
    assertThat(run("--url", "nonsense")).isEqualTo(2);
    assertThat(run("--url", url(), "--dance")).isEqualTo(2);
    assertThat(run("--url")).isEqualTo(2);
    assertThat(run("--url", url(), "--worker-token", "w")).isEqualTo(2);
    assertThat(run("--url", url(), "--at-once", "0")).isEqualTo(2);
    assertThat(run("--url", url(), "--only", "99/")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("expected --url", "'--dance'", "a value behind --url",
        "expected --worker-token, --operator-token and --admin-token", "--at-once", "no case begins with '99/'");
  }

  @Test
  void theListHasEveryCase() throws Exception {
    assertThat(run("--list")).isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSameSizeAs(Contract.suite().cases());
    assertThat(lines.size()).isGreaterThanOrEqualTo(300);
  }
}
