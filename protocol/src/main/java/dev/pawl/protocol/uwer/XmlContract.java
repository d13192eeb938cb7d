package dev.pawl.protocol.uwer;

import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** An XML Schema, and what it objects to. Nothing outside of it and of the document is ever read. */
public final class XmlContract {
  private final Schema schema;

  private XmlContract(Schema schema) {
    this.schema = schema;
  }

  /** Compiles a schema that came from outside: at most 1 MiB of UTF-8, no DOCTYPE, no entities, no imports. */
  public static Parsed<XmlContract> of(byte[] xsd) {
    return Parsed.of(() -> {
      String text = XmlSafety.decode(xsd);
      XmlSafety.check(text);
      return compiled(text);
    });
  }

  static XmlContract compiled(String xsd) {
    try {
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setErrorHandler(new Strict());
      return new XmlContract(factory.newSchema(new StreamSource(new StringReader(xsd))));
    } catch (SAXException e) {
      throw refusal(e);
    }
  }

  /** What is wrong with a document of a sender's: unsafe, no XML, or not what the schema says; empty: nothing. */
  public Optional<UwerProblem> objection(byte[] document) {
    Parsed<Boolean> read = Parsed.of(() -> {
      String text = XmlSafety.decode(document);
      XmlSafety.check(text);
      check(text);
      return true;
    });
    return read instanceof Parsed.Refused<Boolean> no ? Optional.of(no.problem()) : Optional.empty();
  }

  /** Refuses the first violation, with its line and column. @param xml known to be safe */
  void check(String xml) {
    try {
      Validator validator = schema.newValidator();
      validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      validator.setErrorHandler(new Strict());
      validator.validate(new StreamSource(new StringReader(xml)));
    } catch (SAXException e) {
      throw refusal(e);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot fail to be read", e);
    }
  }

  private static Refusal refusal(SAXException e) {
    return Refusal.schema(String.valueOf(e.getMessage()),
        e instanceof SAXParseException at ? at.getLineNumber() + ":" + at.getColumnNumber() : null);
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
