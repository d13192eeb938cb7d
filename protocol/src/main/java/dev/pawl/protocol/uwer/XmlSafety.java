package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The rules that no schema can express, in one streaming pass before anything else looks at a document: size, encoding,
 * no DOCTYPE, no entities, depth, number of elements; and on the way, whether there is an idempotency key.
 */
final class XmlSafety {
  static final int MAX_BYTES = 1024 * 1024;
  static final int MAX_DEPTH = 64;
  static final int MAX_ELEMENTS = 10_000;

  /** A reference to anything but a character or one of the five that XML itself defines. */
  private static final Pattern ENTITY = Pattern.compile("&(?!(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)[^\\s;&<]{1,256};");

  /**
   * What the pass saw.
   *
   * @param namespace of the root
   * @param version the root's schemaVersion; null: it states none
   * @param key text of header/idempotencyKey; null: there is none
   */
  record Seen(String namespace, String root, @Nullable String version, @Nullable String key) {}

  private int depth;
  private int elements;
  private String namespace = "";
  private String root = "";
  private @Nullable String version;
  private boolean inHeader;
  private boolean inKey;
  private @Nullable StringBuilder key;

  private XmlSafety() {}

  /** The text of a document, if its bytes are safe to decode. A UTF-8 byte order mark is legal in XML and dropped. */
  static String decode(byte[] document) {
    if (document.length > MAX_BYTES) {
      throw new Refusal(UwerCode.TOO_LARGE, "expected at most %d bytes, got %d".formatted(MAX_BYTES, document.length), null);
    }
    boolean mark = document.length >= 3 && (document[0] & 0xFF) == 0xEF && (document[1] & 0xFF) == 0xBB
        && (document[2] & 0xFF) == 0xBF;
    return JsonReader.utf8(mark ? java.util.Arrays.copyOfRange(document, 3, document.length) : document);
  }

  static Seen check(String xml) {
    try {
      XMLStreamReader reader = XmlReaders.open(xml);
      String encoding = reader.getCharacterEncodingScheme();
      if (encoding != null && !encoding.equalsIgnoreCase("UTF-8")) {
        throw Refusal.unsafe("expected encoding UTF-8, the document declares " + encoding);
      }
      if ("1.1".equals(reader.getVersion())) {
        throw new Refusal(UwerCode.UNSUPPORTED_VERSION, "expected XML 1.0, got 1.1", null);
      }
      XmlSafety pass = new XmlSafety();
      while (reader.hasNext()) pass.take(reader.next(), reader);
      StringBuilder found = pass.key;
      return new Seen(pass.namespace, pass.root, pass.version, found == null ? null : found.toString());
    } catch (XMLStreamException e) {
      if (ENTITY.matcher(xml).find()) throw Refusal.unsafe("entities are not allowed");
      throw XmlReaders.notXml(e);
    }
  }

  private void take(int event, XMLStreamReader reader) {
    switch (event) {
      case XMLStreamConstants.DTD -> throw Refusal.unsafe("a DOCTYPE is not allowed");
      case XMLStreamConstants.ENTITY_REFERENCE, XMLStreamConstants.ENTITY_DECLARATION,
          XMLStreamConstants.NOTATION_DECLARATION -> throw Refusal.unsafe("entities are not allowed");
      case XMLStreamConstants.START_ELEMENT -> start(reader);
      case XMLStreamConstants.END_ELEMENT -> {
        if (depth == 3) inKey = false;
        if (depth == 2) inHeader = false;
        depth--;
      }
      case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
        if (inKey && key != null) key.append(reader.getText());
      }
      default -> {}
    }
  }

  private void start(XMLStreamReader reader) {
    if (++depth > MAX_DEPTH) throw Refusal.unsafe("nested deeper than " + MAX_DEPTH);
    if (++elements > MAX_ELEMENTS) throw Refusal.unsafe("more than %d elements".formatted(MAX_ELEMENTS));
    String uri = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
    if (depth == 1) {
      namespace = uri;
      root = reader.getLocalName();
      version = reader.getAttributeValue(null, "schemaVersion");
    }
    boolean ours = uri.equals(namespace);
    if (depth == 2) inHeader = ours && reader.getLocalName().equals("header");
    if (depth == 3 && inHeader && ours && reader.getLocalName().equals("idempotencyKey")) {
      inKey = true;
      key = new StringBuilder();
    }
  }
}
