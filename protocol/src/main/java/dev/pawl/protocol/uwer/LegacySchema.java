package dev.pawl.protocol.uwer;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The published XML schema, held against documents that {@link XmlSafety} has let through. */
final class LegacySchema {
  private static final Schema SCHEMA = load();

  private LegacySchema() {}

  private static Schema load() {
    try (InputStream in = LegacySchema.class.getResourceAsStream("task-4.2.xsd")) {
      if (in == null) throw new IllegalStateException("task-4.2.xsd is missing from the jar");
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      return factory.newSchema(new StreamSource(in));
    } catch (SAXException | IOException e) {
      throw new IllegalStateException("task-4.2.xsd cannot be read", e);
    }
  }

  /** Refuses the first violation, with its line and column. */
  static void check(String xml) {
    try {
      Validator validator = SCHEMA.newValidator();
      validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      validator.setErrorHandler(new Strict());
      validator.validate(new StreamSource(new StringReader(xml)));
    } catch (SAXParseException e) {
      throw Refusal.schema(String.valueOf(e.getMessage()), e.getLineNumber() + ":" + e.getColumnNumber());
    } catch (SAXException e) {
      throw Refusal.schema(String.valueOf(e.getMessage()), null);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot fail to be read", e);
    }
  }

  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {
      // For example a hint where to fetch a schema, which is not followed.
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
