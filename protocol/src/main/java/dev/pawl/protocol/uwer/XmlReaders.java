package dev.pawl.protocol.uwer;

import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Readers of XML that fetch nothing and expand nothing. Always the JDK's own, whatever else is on the class path. */
final class XmlReaders {
  private XmlReaders() {}

  /** A reader over text that is decoded already, so that no encoding a document claims is ever followed. */
  static XMLStreamReader open(String xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setXMLResolver((publicId, systemId, base, name) -> {
      throw new XMLStreamException("nothing outside a document is read");
    });
    return factory.createXMLStreamReader(new StringReader(xml));
  }

  /** {@code line:column}. */
  static String place(Location location) {
    return location.getLineNumber() + ":" + location.getColumnNumber();
  }

  static Refusal notXml(XMLStreamException e) {
    Location location = e.getLocation();
    String message = String.valueOf(e.getMessage());
    // The reader puts "ParseError at [row,col]:[..]\nMessage: " before what it has to say.
    String said = message.substring(message.indexOf("Message: ") < 0 ? 0 : message.indexOf("Message: ") + 9);
    return Refusal.schema("not well-formed XML: " + said, location == null ? null : place(location));
  }
}
