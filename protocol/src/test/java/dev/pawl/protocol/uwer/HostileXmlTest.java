package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.pawl.core.job.UwerCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** X: documents that want more than to be read. */
class HostileXmlTest {
  private static final String HEADER =
      "<header><type>mail</type><namespace>x</namespace><idempotencyKey>key-00000001</idempotencyKey>"
          + "<createdAt>2026-11-22T02:30:00Z</createdAt></header>";

  @Test
  void externalEntitiesAreNotRead(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "the secret");
    for (String doctype : List.of(
        "<!DOCTYPE task [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>",
        "<!DOCTYPE task [<!ENTITY % x SYSTEM \"" + secret.toUri() + "\"> %x;]>",
        "<!DOCTYPE task SYSTEM \"" + secret.toUri() + "\">",
        "<!DOCTYPE task PUBLIC \"-//X//Y\" \"" + secret.toUri() + "\">",
        "<!DOCTYPE task>", "<!DOCTYPE task []>", "<!DOCTYPE task [<!ATTLIST task a CDATA \"b\">]>")) {
      UwerProblem problem = refused(doctype + document("<text>&x;</text>"), UwerCode.UNSAFE_DOCUMENT);
      assertThat(problem.toString()).doesNotContain("the secret");
    }
  }

  @Test
  void nothingIsFetched() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(1);
      String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
      refused("<!DOCTYPE task SYSTEM \"" + url + "\">" + document("<text>t</text>"), UwerCode.UNSAFE_DOCUMENT);
      refused("<!DOCTYPE task [<!ENTITY % p SYSTEM \"" + url + "\"> %p;]>" + document("<text>t</text>"),
          UwerCode.UNSAFE_DOCUMENT);
      // Hints and inclusions are data like any other.
      accepted("<?xml-stylesheet href=\"" + url + "\"?>" + document("<text>t</text>"));
      accepted(document("<text>t</text>").replace("<task ", "<task xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
          + "xsi:schemaLocation=\"urn:uwer:task:4.2 " + url + " urn:y " + url + "\" "));
      accepted(document("<xml><y:a xmlns:y=\"urn:y\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
          + "xsi:schemaLocation=\"urn:y " + url + "\"/></xml>"));
      UwerTask included = accepted(document(
          "<xml><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"" + url + "\" parse=\"text\"/></xml>"));
      assertThat(included.payload().content().toString()).contains("xi:include");
      assertThat(connected(server)).isFalse();
    }
  }

  @Test
  void bombsDoNotGoOff() {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE task [<!ENTITY l0 \"ha\">");
    for (int i = 1; i < 30; i++) laughs.append("<!ENTITY l%d \"%s\">".formatted(i, ("&l" + (i - 1) + ";").repeat(10)));
    String quadratic = "<!DOCTYPE task [<!ENTITY a \"" + "a".repeat(100_000) + "\">]>";
    for (String bomb : List.of(laughs + "]>" + document("<text>&l29;</text>"),
        quadratic + document("<text>" + "&a;".repeat(100_000) + "</text>"),
        "<a>".repeat(100_000), "<a>".repeat(100_000) + "</a>".repeat(100_000),
        document("<xml>" + "<y:a xmlns:y=\"urn:y\">".repeat(20_000) + "</y:a>".repeat(20_000) + "</xml>"),
        document("<xml><y:a xmlns:y=\"urn:y\">" + "<b/>".repeat(10_001) + "</y:a></xml>"))) {
      assertTimeoutPreemptively(Duration.ofSeconds(5), () -> refused(bomb, UwerCode.UNSAFE_DOCUMENT));
    }
    String attributes = document("<text>t</text>").replace("<task ", "<task " + "x".repeat(1_000) + "=\"\" ");
    refused(attributes, UwerCode.SCHEMA_VIOLATION);
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 60_000; i++) many.append(" a").append(i).append("=\"\"");
    assertTimeoutPreemptively(Duration.ofSeconds(5),
        () -> refused(document("<text>t</text>").replace("<task ", "<task" + many + " "), UwerCode.SCHEMA_VIOLATION));
  }

  @Test
  void undeclaredEntitiesAreUnsafeAndTheFiveOfXmlAreNot() {
    refused(document("<text>&nbsp;</text>"), UwerCode.UNSAFE_DOCUMENT);
    refused(document("<text a=\"&x;\">t</text>"), UwerCode.UNSAFE_DOCUMENT);
    UwerTask task = accepted(document("<text>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#13;</text>"));
    assertThat(task.payload().content()).isEqualTo(new UwerPayload.Content.Data(new Json.Str("&<>\"'AB\r")));
    accepted(document("<text><![CDATA[<!DOCTYPE x> &nbsp;]]></text>"));
    accepted(document("<text>t<!-- <!DOCTYPE x> &nbsp; --></text>"));
  }

  @Test
  void onlyUtf8() {
    for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE")) {
      refused(document("<text>t</text>").getBytes(Charset.forName(charset)), UwerCode.UNSAFE_DOCUMENT);
      refused(("<?xml version=\"1.0\" encoding=\"" + charset + "\"?>" + document("<text>t</text>"))
          .getBytes(Charset.forName(charset)), UwerCode.UNSAFE_DOCUMENT);
    }
    for (String claimed : List.of("ISO-8859-1", "UTF-16", "UTF-7", "IBM037", "us-ascii")) {
      refused("<?xml version=\"1.0\" encoding=\"" + claimed + "\"?>" + document("<text>t</text>"), UwerCode.UNSAFE_DOCUMENT);
    }
    refused(document("<text>\u00e4</text>").getBytes(StandardCharsets.ISO_8859_1), UwerCode.UNSAFE_DOCUMENT);
    refused(new byte[] {'<', (byte) 0xC0, (byte) 0xBC, '>'}, UwerCode.UNSAFE_DOCUMENT);
    refused((document("<text>t</text>").getBytes(Charset.forName("IBM037"))), UwerCode.UNSAFE_DOCUMENT);
    accepted("\uFEFF" + document("<text>t</text>"));
    accepted("<?xml version=\"1.0\" encoding=\"Utf-8\" standalone=\"yes\"?>" + document("<text>\u00e4\uD83D\uDE00</text>"));
  }

  @Test
  void sizeDepthAndNumberOfElementsHaveTheirExactLimits() {
    int room = 1024 * 1024 - document("<text></text>").length();
    accepted(document("<text>" + "x".repeat(room) + "</text>"));
    refused(document("<text>" + "x".repeat(room + 1) + "</text>"), UwerCode.TOO_LARGE);
    String open = "<a xmlns=\"urn:y\">";
    accepted(document("<xml>" + open.repeat(61) + "</a>".repeat(61) + "</xml>")); // task, payload, xml: 64 deep
    refused(document("<xml>" + open.repeat(62) + "</a>".repeat(62) + "</xml>"), UwerCode.UNSAFE_DOCUMENT);
    accepted(document("<xml>" + open + "<b/>".repeat(10_000 - 9) + "</a></xml>"));
    refused(document("<xml>" + open + "<b/>".repeat(10_000 - 8) + "</a></xml>"), UwerCode.UNSAFE_DOCUMENT);
  }

  @Test
  void whatIsNotXmlIsWrong() {
    for (String text : List.of("", " ", "x", "{}", "<", "<task", "<task>", "<a></b>", "<a/><b/>", "<a b='1' b='2'/>", "<p:a/>",
        " <?xml version=\"1.0\"?><a/>", "<a>\u0001</a>", "<a>&#0;</a>", "<a>]]></a>", "<a><![CDATA[</a>", "<?xml version=\"2.0\"?><a/>")) {
      refused(text, UwerCode.SCHEMA_VIOLATION);
    }
  }

  private static boolean connected(ServerSocket server) {
    try {
      server.accept().close();
      return true;
    } catch (IOException none) {
      return false;
    }
  }

  private static String document(String payload) {
    return "<task xmlns=\"urn:uwer:task:4.2\" schemaVersion=\"4.2\">" + HEADER + "<payload contentType=\"text/plain\">"
        + payload + "</payload></task>";
  }

  private static UwerTask accepted(String document) {
    Parsed<UwerTask> read = LegacyTask.read(document.getBytes(StandardCharsets.UTF_8));
    assertThat(read).as("%.300s of %.300s", read, document).isInstanceOf(Parsed.Ok.class);
    return ((Parsed.Ok<UwerTask>) read).value();
  }

  private static UwerProblem refused(String document, UwerCode code) {
    return refused(document.getBytes(StandardCharsets.UTF_8), code);
  }

  private static UwerProblem refused(byte[] document, UwerCode code) {
    Parsed<UwerTask> read = LegacyTask.read(document);
    String shown = new String(document, 0, Math.min(200, document.length), StandardCharsets.UTF_8);
    assertThat(read).as(shown).isInstanceOf(Parsed.Refused.class);
    UwerProblem problem = ((Parsed.Refused<UwerTask>) read).problem();
    assertThat(problem.code()).as("%s of %s", problem, shown).isEqualTo(code);
    return problem;
  }
}
