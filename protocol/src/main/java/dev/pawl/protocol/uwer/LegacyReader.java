package dev.pawl.protocol.uwer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Takes a task out of a document that is known to follow the schema. */
final class LegacyReader {
  private final XMLStreamReader in;
  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, Json> extensions = new LinkedHashMap<>();
  private UwerTask.@Nullable Lease lease;
  private UwerTask.@Nullable Retry retry;
  private UwerTask.@Nullable Check check;
  private @Nullable UwerPayload payload;
  private String payloadAt = "";

  private LegacyReader(XMLStreamReader in) {
    this.in = in;
  }

  static UwerTask read(String xml) {
    try {
      LegacyReader reader = new LegacyReader(XmlReaders.open(xml));
      return reader.task();
    } catch (XMLStreamException e) {
      throw XmlReaders.notXml(e);
    }
  }

  private UwerTask task() throws XMLStreamException {
    while (in.next() != XMLStreamConstants.START_ELEMENT) {}
    while (nextChild()) {
      switch (in.getLocalName()) {
        case "header" -> {
          while (nextChild()) header.put(in.getLocalName(), in.getElementText());
        }
        case "lease" -> {
          lease = new UwerTask.Lease(number("leaseTimeoutMs"), number("progressTimeoutMs"), number("executionTimeoutMs"));
          end();
        }
        case "retry" -> {
          retry = new UwerTask.Retry(EnvelopeReader.profile(token(in.getAttributeValue(null, "profile")), place()),
              integer(number("maxAttempts")));
          end();
        }
        case "check" -> {
          check = new UwerTask.Check(number("pollMs"), integer(number("maxChecks")));
          end();
        }
        case "payload" -> payload();
        case "extensions" -> extensions();
        default -> throw Refusal.schema("there is no such element", place());
      }
    }
    return finished();
  }

  private UwerTask finished() {
    UwerPayload found = payload;
    if (found == null) throw Refusal.schema("expected a payload", null);
    String priority = header.get("priority");
    UwerTask task = new UwerTask(
        token(header.get("type")), token(header.get("namespace")), token(header.get("idempotencyKey")),
        header.containsKey("correlationId") ? token(header.get("correlationId")) : null,
        priority == null ? UwerTask.STANDARD_PRIORITY : Integer.parseInt(token(priority)),
        java.util.Objects.requireNonNull(instant("createdAt")), instant("notBefore"), instant("deadline"),
        lease, retry, check, found, extensions);
    try {
      Digests.check(task, "");
    } catch (Refusal refusal) {
      throw new Refusal(refusal.problem().code(), refusal.problem().detail(), payloadAt);
    }
    return task;
  }

  private void payload() throws XMLStreamException {
    payloadAt = place();
    String contentType = token(in.getAttributeValue(null, "contentType"));
    String schema = in.getAttributeValue(null, "schema");
    if (schema != null && !Fields.absolute(token(schema))) {
      throw Refusal.schema("expected an absolute URI as schema", payloadAt);
    }
    String digest = in.getAttributeValue(null, "digest");
    nextChild();
    UwerPayload.Content content = switch (in.getLocalName()) {
      case "xml" -> {
        nextChild();
        String canonical = CanonicalXml.of(in);
        end();
        yield new UwerPayload.Content.Data(new Json.Str(canonical));
      }
      case "text" -> new UwerPayload.Content.Data(data(contentType, in.getElementText()));
      default -> new UwerPayload.Content.Bytes(
          EnvelopeReader.bytes(in.getElementText().replaceAll("[ \t\r\n]", ""), payloadAt));
    };
    end();
    payload = new UwerPayload(contentType, schema == null ? null : token(schema), digest == null ? null : token(digest),
        content);
  }

  private Json data(String contentType, String text) {
    if (!new UwerPayload(contentType, null, null, new UwerPayload.Content.Bytes(new byte[0])).json()) {
      return new Json.Str(text);
    }
    try {
      return JsonReader.read(text);
    } catch (Refusal refusal) {
      throw new Refusal(refusal.problem().code(), "payload: " + refusal.problem().detail(), payloadAt);
    }
  }

  private void extensions() throws XMLStreamException {
    List<Json> found = new ArrayList<>();
    while (nextChild()) found.add(new Json.Str(CanonicalXml.of(in)));
    extensions.put(UwerTask.XML_EXTENSIONS, new Json.Arr(found));
  }

  /** Moves to the next child element; false at the end of the parent. Text between elements is blank by the schema. */
  private boolean nextChild() throws XMLStreamException {
    while (true) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) return true;
      if (event == XMLStreamConstants.END_ELEMENT) return false;
    }
  }

  private void end() throws XMLStreamException {
    if (nextChild()) throw Refusal.schema("there is no such element", place());
  }

  private String place() {
    return XmlReaders.place(in.getLocation());
  }

  private @Nullable Long number(String attribute) {
    String text = in.getAttributeValue(null, attribute);
    return text == null ? null : Long.valueOf(Long.parseLong(token(text)));
  }

  private static @Nullable Integer integer(@Nullable Long value) {
    return value == null ? null : value.intValue();
  }

  /** Blanks at the ends go, several inside become one: what the schema's types say. */
  private static String token(@Nullable String text) {
    return text == null ? "" : text.replaceAll("[ \t\r\n]+", " ").strip();
  }

  private @Nullable Instant instant(String name) {
    String text = header.get(name);
    if (text == null) return null;
    try {
      XMLGregorianCalendar time = DatatypeFactory.newDefaultInstance().newXMLGregorianCalendar(token(text));
      BigInteger year = time.getEonAndYear();
      if (year.signum() <= 0 || year.bitLength() > 14 || year.intValue() > 9_999) {
        throw Refusal.schema("expected a year from 1 to 9999", "header/" + name);
      }
      BigDecimal fraction = time.getFractionalSecond();
      int nanos = fraction == null ? 0 : fraction.movePointRight(9).intValue();
      Instant instant = OffsetDateTime.of(year.intValue(), time.getMonth(), time.getDay(), time.getHour() % 24, time.getMinute(),
              time.getSecond(), nanos, ZoneOffset.ofTotalSeconds(time.getTimezone() * 60))
          .plusDays(time.getHour() / 24).toInstant();
      if (Fields.writable(instant)) return instant;
      throw Refusal.schema("expected a year from 1 to 9999", "header/" + name);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw Refusal.schema("expected a date and time with an offset", "header/" + name);
    }
  }
}
