package dev.pawl.protocol.uwer;

import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the XML form of a task. */
final class LegacyWriter {
  private final StringBuilder out = new StringBuilder();

  private LegacyWriter() {}

  static String write(UwerTask task) {
    LegacyWriter writer = new LegacyWriter();
    writer.task(task);
    return writer.out.toString();
  }

  private void task(UwerTask task) {
    // Our own elements have a prefix: a default namespace would swallow unprefixed elements of embedded XML.
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append("<u:task xmlns:u=\"" + LegacyTask.NAMESPACE + "\" schemaVersion=\"4.2\"><u:header>");
    element("type", task.type());
    element("namespace", task.namespace());
    element("idempotencyKey", task.idempotencyKey());
    element("createdAt", task.createdAt().toString());
    element("correlationId", task.correlationId());
    if (task.priority() != UwerTask.STANDARD_PRIORITY) element("priority", Integer.toString(task.priority()));
    element("notBefore", task.notBefore() == null ? null : task.notBefore().toString());
    element("deadline", task.deadline() == null ? null : task.deadline().toString());
    out.append("</u:header>");
    UwerTask.Lease lease = task.lease();
    if (lease != null) {
      out.append("<u:lease");
      attribute("leaseTimeoutMs", lease.leaseTimeoutMs());
      attribute("progressTimeoutMs", lease.progressTimeoutMs());
      attribute("executionTimeoutMs", lease.executionTimeoutMs());
      out.append("/>");
    }
    UwerTask.Retry retry = task.retry();
    if (retry != null) {
      out.append("<u:retry");
      attribute("profile", retry.profile().name().toLowerCase(Locale.ROOT));
      attribute("maxAttempts", retry.maxAttempts());
      out.append("/>");
    }
    UwerTask.Check check = task.check();
    if (check != null) {
      out.append("<u:check");
      attribute("pollMs", check.pollMs());
      attribute("maxChecks", check.maxChecks());
      out.append("/>");
    }
    writePayload(task.payload(), "u:payload");
    extensions(task);
    out.append("</u:task>\n");
  }

  private void writePayload(UwerPayload payload, String element) {
    out.append('<').append(element);
    attribute("contentType", payload.contentType());
    attribute("schema", payload.schema());
    attribute("digest", payload.digest());
    out.append('>');
    switch (payload.content()) {
      case UwerPayload.Content.Bytes raw -> element("base64", Base64.getEncoder().encodeToString(raw.bytes()));
      case UwerPayload.Content.Data data -> {
        if (payload.json()) {
          element("text", JsonWriter.write(data.value()));
        } else if (!(data.value() instanceof Json.Str string)) {
          throw Refusal.schema("in 4.2 only JSON can be structured, and %s is not".formatted(payload.contentType()),
              "/body/payload/data");
        } else if (payload.xml() && embeddable(string.value())) {
          out.append("<u:xml>").append(string.value()).append("</u:xml>");
        } else {
          element("text", string.value());
        }
      }
    }
    out.append("</").append(element).append('>');
  }

  private void extensions(UwerTask task) {
    for (String name : task.extensions().keySet()) {
      if (!name.equals(UwerTask.XML_EXTENSIONS)) {
        throw Refusal.schema("4.2 has no place for extension " + name, "/body/ext/" + name);
      }
      if (!(task.extensions().get(name) instanceof Json.Arr array)) {
        throw Refusal.schema("expected an array of XML", "/body/ext/" + name);
      }
      out.append("<u:extensions>");
      for (int i = 0; i < array.items().size(); i++) {
        if (!(array.items().get(i) instanceof Json.Str xml && embeddable(xml.value()))) {
          throw Refusal.schema("expected canonical XML of one element", "/body/ext/" + name + "/" + i);
        }
        out.append(xml.value());
      }
      out.append("</u:extensions>");
    }
  }

  /** Whether a text is one canonical element, so that it can stand inside another document as it is. */
  private static boolean embeddable(String xml) {
    return xml.startsWith("<") && xml.equals(CanonicalXml.ofDocument(xml));
  }

  private void attribute(String name, @Nullable Object value) {
    if (value == null) return;
    out.append(' ').append(name).append("=\"");
    escape(value.toString());
    out.append('"');
  }

  private void element(String name, @Nullable String text) {
    if (text == null) return;
    out.append("<u:").append(name).append('>');
    escape(text);
    out.append("</u:").append(name).append('>');
  }

  private void escape(String text) {
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\r' -> out.append("&#13;"); // else a reader takes it for the end of a line
        default -> {
          if (!allowed(c)) {
            throw Refusal.schema("character U+%04X cannot stand in XML".formatted(c), null);
          }
          out.appendCodePoint(c);
        }
      }
    });
  }

  static boolean allowed(int c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
  }
}
