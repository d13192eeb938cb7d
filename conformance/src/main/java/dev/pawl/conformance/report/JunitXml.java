package dev.pawl.conformance.report;

import dev.pawl.conformance.suite.Result;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results as build servers read them. */
public final class JunitXml {
  private JunitXml() {}

  /** @param name of the suite, such as the server's address */
  public static String of(String name, List<Result> results) {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      Tally tally = Tally.of(results);
      Duration took = results.stream().map(Result::took).reduce(Duration.ZERO, Duration::plus);
      xml.writeStartElement("testsuite");
      attributes(xml, "name", name, "tests", String.valueOf(results.size()), "failures",
          String.valueOf(tally.failed()), "errors", "0", "skipped", String.valueOf(tally.skipped()), "time",
          seconds(took));
      for (Result one : results) testcase(xml, one);
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing into memory does not fail", e);
    }
    return out.toString();
  }

  private static void testcase(XMLStreamWriter xml, Result one) throws XMLStreamException {
    String id = one.played().id();
    xml.writeStartElement("testcase");
    attributes(xml, "classname", "contract." + id.substring(0, id.indexOf('/')), "name",
        id + " " + one.played().title(), "time", seconds(one.took()));
    switch (one.verdict()) {
      case PASSED -> {}
      case SKIPPED -> {
        xml.writeEmptyElement("skipped");
        attributes(xml, "message", legal(one.why()));
      }
      case FAILED -> {
        xml.writeStartElement("failure");
        attributes(xml, "message", legal(one.why()));
        xml.writeCharacters(legal(one.transcript()));
        xml.writeEndElement();
      }
    }
    xml.writeEndElement();
  }

  private static void attributes(XMLStreamWriter xml, String... namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) xml.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
  }

  /** XML has no place for most control characters, and servers may send any. */
  private static String legal(String text) {
    return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
  }

  private static String seconds(Duration took) {
    return String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e9);
  }
}
