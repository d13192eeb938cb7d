package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON: {@code {"json":"text"}}, {@code {"codec":"c","text":"..."}} or {@code {"codec":"c","base64":"..."}}.
 * What is read is byte for byte what was written.
 */
public final class PayloadJson {
  private PayloadJson() {}

  /** The payload as text for a column. */
  public static String write(Payload payload) {
    JsonText out = JsonText.take();
    write(out, payload);
    return out.done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static Payload read(String json) {
    return Reading.whole("a payload", json, PayloadJson::read);
  }

  /** Named payloads (headers, memo) as text for a column, sorted by name. */
  public static String writeAll(Map<String, Payload> payloads) {
    JsonText out = JsonText.take();
    writeAll(out, payloads);
    return out.done();
  }

  /** @throws CorruptHistory if {@link #writeAll} never wrote this */
  public static Map<String, Payload> readAll(String json) {
    return Reading.whole("named payloads", json, in -> Reading.map(in, PayloadJson::read));
  }

  static void write(JsonText out, String name, @Nullable Payload payload) {
    if (payload != null) write(out.name(name), payload);
  }

  static void write(JsonText out, String name, Map<String, Payload> payloads) {
    if (!payloads.isEmpty()) writeAll(out.name(name), payloads);
  }

  static void writeAll(JsonText out, Map<String, Payload> payloads) {
    out.open();
    Reading.sorted(payloads).forEach((key, payload) -> write(out.key(key), payload));
    out.close();
  }

  private static void write(JsonText out, Payload payload) {
    boolean json = payload.codec().equals(Payload.JSON);
    Optional<String> text = payload.utf8().filter(PayloadJson::isPlain);
    out.open();
    if (!json || text.isEmpty()) out.text("codec", payload.codec());
    if (text.isEmpty()) out.text("base64", Base64.getEncoder().encodeToString(payload.bytes()));
    else out.text(json ? "json" : "text", text.get());
    out.close();
  }

  // Bytes that merely happen to be UTF-8 would grow sixfold as escapes.
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != '\n' && c != '\r' && c != '\t') return false;
    }
    return true;
  }

  static Payload read(JsonSource in) {
    in.open();
    String codec = Payload.JSON;
    byte @Nullable [] bytes = null;
    for (String name = in.member(); name != null; name = in.member()) {
      switch (name) {
        case "json", "text" -> bytes = in.string().getBytes(StandardCharsets.UTF_8);
        case "base64" -> bytes = Base64.getDecoder().decode(in.string());
        case "codec" -> codec = in.string();
        default -> in.skip();
      }
    }
    if (bytes == null) throw new BadJson("a payload without 'json', 'text' or 'base64'");
    return Payload.wrap(codec, bytes);
  }
}
