package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.UwerCode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReaderTest {

  @Test
  void readsWhatIsThere() {
    for (String text : List.of("null", "true", "[]", "{}", "\"\"", "0", "-1.5e+10", "[1,[2,{\"a\":[]}]]", "\"\uD83D\uDE00\"",
        "{\"b\":1,\"a\":1.50}", "\"a/\\\\b\\\"\\n\"")) {
      assertThat(JsonWriter.write(JsonReader.read(text))).isEqualTo(text);
    }
    assertThat(JsonWriter.write(JsonReader.read(" [ 1 ,\t2\r\n] "))).isEqualTo("[1,2]");
  }

  @Test
  void refusesWhatIsNotJson() {
    for (String text : List.of("", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]", "NaN", "[NaN]",
        "Infinity", "-Infinity", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", "tru", "truer", "nul", "\"a", "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\n\"", "{\"a\"}", "{\"a\":}", "{,}", "1 2", "{}{}", "null x",
        "/*c*/1", "1//c", "[1]]", "\u00A01", "{\"a\":1 \"b\":2}", "1".repeat(1_001), "\"\\u٠٠٠٠\"")) {
      refused(text.getBytes(StandardCharsets.UTF_8), UwerCode.SCHEMA_VIOLATION);
    }
  }

  @Test
  void refusesAMemberThatIsThereTwiceAtAnyDepth() {
    refused("{\"a\":1,\"a\":1}".getBytes(StandardCharsets.UTF_8), UwerCode.SCHEMA_VIOLATION);
    refused("[{\"x\":{\"a\":1,\"\\u0061\":2}}]".getBytes(StandardCharsets.UTF_8), UwerCode.SCHEMA_VIOLATION);
  }

  @Test
  void refusesWhatIsUnsafe() {
    refused("[".repeat(100_000).getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
    refused("{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
    refused("\"\\ud800\"".getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
    refused("\"\\ude00\\ud83d\"".getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
    refused(new byte[] {'"', (byte) 0xC0, (byte) 0xAF, '"'}, UwerCode.UNSAFE_DOCUMENT);
    refused(new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}, UwerCode.UNSAFE_DOCUMENT);
    refused("\uFEFF{}".getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
    for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
      refused("{\"a\":1}".getBytes(Charset.forName(charset)), UwerCode.UNSAFE_DOCUMENT);
    }
    String deep = "[".repeat(64) + "]".repeat(64);
    assertThat(JsonReader.read(deep)).isNotNull();
    refused(("[" + deep + "]" + "").getBytes(StandardCharsets.UTF_8), null);
    refused(("[[" + deep + "]]").getBytes(StandardCharsets.UTF_8), UwerCode.UNSAFE_DOCUMENT);
  }

  @Test
  void refusesWhatIsTooLarge() {
    assertThatThrownBy(() -> JsonReader.read(new byte[101], 100)).isInstanceOfSatisfying(Refusal.class,
        refusal -> assertThat(refusal.problem().code()).isEqualTo(UwerCode.TOO_LARGE));
  }

  private static void refused(byte[] document, UwerCode code) {
    if (code == null) {
      assertThat(JsonReader.read(document, 1_000_000)).isNotNull();
      return;
    }
    assertThatThrownBy(() -> JsonReader.read(document, 1_000_000))
        .as(new String(document, 0, Math.min(40, document.length), StandardCharsets.UTF_8))
        .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.problem().code()).isEqualTo(code));
  }
}
