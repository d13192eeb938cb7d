package dev.pawl.protocol.uwer;

import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.value.Payload;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a client of the XML form gets back: XML, in a namespace of its own. */
public final class LegacyReply {
  /** Namespace of its elements. */
  public static final String NAMESPACE = "urn:uwer:reply:4.2";

  private LegacyReply() {}

  /** The same members as the error of an envelope. */
  public static String error(JobError error) {
    StringBuilder out = head().append("<error xmlns=\"" + NAMESPACE + "\">");
    element(out, "code", error.code());
    element(out, "title", error.title());
    element(out, "detail", error.detail());
    element(out, "retryable", Boolean.toString(error.retryable()));
    element(out, "pointer", error.pointer());
    return out.append("</error>\n").toString();
  }

  /** A task that is accepted, or was before; with its result, if it has ended with one. */
  public static String accepted(SubmitJob.Submitted submitted) {
    StringBuilder out = head().append("<accepted xmlns=\"" + NAMESPACE + "\">");
    element(out, "taskId", submitted.job().toString());
    element(out, "replayed", Boolean.toString(submitted.replayed()));
    element(out, "phase", submitted.phase().name());
    JobEnding ending = submitted.ending();
    Payload result = ending == null ? null : ending.result();
    if (result != null) result(out, UwerPayload.of(result, null));
    return out.append("</accepted>\n").toString();
  }

  private static void result(StringBuilder out, UwerPayload result) {
    out.append("<result contentType=\"").append(result.contentType()).append("\">");
    switch (result.content()) {
      case UwerPayload.Content.Bytes raw -> element(out, "base64", Base64.getEncoder().encodeToString(raw.bytes()));
      case UwerPayload.Content.Data data -> element(out, "text", result.decoded().text());
    }
    out.append("</result>");
  }

  private static StringBuilder head() {
    return new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  private static void element(StringBuilder out, String name, @Nullable String text) {
    if (text == null) return;
    out.append('<').append(name).append('>');
    text.codePoints().forEach(c -> {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\r' -> out.append("&#13;");
        default -> out.appendCodePoint(LegacyWriter.allowed(c) ? c : 0xFFFD);
      }
    });
    out.append("</").append(name).append('>');
  }
}
