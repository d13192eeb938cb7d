package dev.pawl.protocol.uwer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive XML Canonicalization 1.0, without comments, of one element: the same text however the element was written
 * and wherever it stood. Prefixes that occur only inside values are not carried along; that is the standard's rule.
 */
final class CanonicalXml {
  private final XMLStreamReader in;
  private final StringBuilder out = new StringBuilder();

  private CanonicalXml(XMLStreamReader in) {
    this.in = in;
  }

  /** Of the element whose start the reader has just met; leaves the reader at its end. */
  static String of(XMLStreamReader reader) throws XMLStreamException {
    CanonicalXml writer = new CanonicalXml(reader);
    writer.element(Map.of("", ""));
    return writer.out.toString();
  }

  /** Of a whole document, checked as strictly as a submitted one; null if it is not XML, or not safe. */
  static @Nullable String ofDocument(String xml) {
    try {
      XmlSafety.check(xml);
      XMLStreamReader reader = XmlReaders.open(xml);
      while (reader.next() != XMLStreamConstants.START_ELEMENT) {}
      return of(reader);
    } catch (Refusal | XMLStreamException e) {
      return null;
    }
  }

  private record Attribute(String uri, String local, String name, String value) {}

  /** @param rendered prefixes that the output has in scope */
  private void element(Map<String, String> rendered) throws XMLStreamException {
    String name = name(in.getPrefix(), in.getLocalName());
    Map<String, String> used = new TreeMap<>();
    used.put(text(in.getPrefix()), text(in.getNamespaceURI()));
    List<Attribute> attributes = new ArrayList<>();
    for (int i = 0; i < in.getAttributeCount(); i++) {
      String prefix = text(in.getAttributePrefix(i));
      String uri = text(in.getAttributeNamespace(i));
      if (!prefix.isEmpty()) used.put(prefix, uri);
      attributes.add(new Attribute(uri, in.getAttributeLocalName(i), name(prefix, in.getAttributeLocalName(i)),
          in.getAttributeValue(i)));
    }
    attributes.sort(java.util.Comparator.comparing(Attribute::uri).thenComparing(Attribute::local));

    Map<String, String> scope = new HashMap<>(rendered);
    out.append('<').append(name);
    used.forEach((prefix, uri) -> {
      if (prefix.equals("xml") || uri.equals(scope.get(prefix))) return;
      scope.put(prefix, uri);
      attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri);
    });
    attributes.forEach(each -> attribute(each.name(), each.value()));
    out.append('>');
    content(scope);
    out.append("</").append(name).append('>');
  }

  private void content(Map<String, String> scope) throws XMLStreamException {
    while (true) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> element(scope);
        case XMLStreamConstants.END_ELEMENT -> {
          return;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            escape(in.getText(), false);
        case XMLStreamConstants.PROCESSING_INSTRUCTION -> {
          String data = text(in.getPIData());
          out.append("<?").append(in.getPITarget()).append(data.isEmpty() ? "" : " " + data).append("?>");
        }
        case XMLStreamConstants.COMMENT -> {}
        default -> throw Refusal.unsafe("entities are not allowed");
      }
    }
  }

  private void attribute(String name, String value) {
    out.append(' ').append(name).append("=\"");
    escape(value, true);
    out.append('"');
  }

  private void escape(String text, boolean quoted) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append(quoted ? ">" : "&gt;");
        case '"' -> out.append(quoted ? "&quot;" : "\"");
        case '\r' -> out.append("&#xD;");
        case '\t' -> out.append(quoted ? "&#x9;" : "\t");
        case '\n' -> out.append(quoted ? "&#xA;" : "\n");
        default -> out.append(c);
      }
    }
  }

  private static String name(@Nullable String prefix, String local) {
    return text(prefix).isEmpty() ? local : prefix + ":" + local;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
