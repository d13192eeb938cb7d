package dev.pawl.contracts;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.protocol.uwer.UwerProblem;
import dev.pawl.protocol.uwer.XmlContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A schema that is ready to be asked. */
sealed interface Compiled {
  /** Larger schemas are refused, in bytes. */
  int LARGEST = 256 * 1024;

  /** What is wrong with a payload; empty: nothing. */
  Optional<UwerProblem> objection(Payload payload);

  static Parsed<Compiled> of(Contract.Kind kind, String schema) {
    byte[] bytes = schema.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LARGEST) {
      return refused(UwerCode.TOO_LARGE, "expected a schema of at most %d bytes, got %d".formatted(LARGEST, bytes.length),
          null);
    }
    return switch (kind) {
      case JSON -> OfJson.of(schema);
      case XSD -> switch (XmlContract.of(bytes)) {
        case Parsed.Ok<XmlContract> ok -> new Parsed.Ok<>(new OfXml(ok.value()));
        case Parsed.Refused<XmlContract> no -> new Parsed.Refused<>(no.problem());
      };
    };
  }

  private static Parsed<Compiled> refused(UwerCode code, String why, @Nullable String pointer) {
    return new Parsed.Refused<>(new UwerProblem(code, why, pointer));
  }

  record OfXml(XmlContract contract) implements Compiled {
    @Override
    public Optional<UwerProblem> objection(Payload payload) {
      return contract.objection(payload.bytes());
    }
  }

  record OfJson(Schema schema) implements Compiled {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/";
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12, registry -> registry
            .schemaRegistryConfig(SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build())
            .schemaCacheEnabled(false)
            // What the dialect itself is made of lies in the library; everything else is out of reach.
            .schemaLoader(loader -> loader.allow(iri -> iri.toString().startsWith(DIALECT)
                || iri.toString().startsWith("classpath:draft/2020-12/"))));

    static Parsed<Compiled> of(String text) {
      try {
        List<Error> wrong = REGISTRY.getSchema(SchemaLocation.of(DIALECT + "schema")).validate(text, InputFormat.JSON);
        if (!wrong.isEmpty()) return refused(UwerCode.SCHEMA_VIOLATION, wrong.getFirst().getMessage(), at("", wrong));
        String circle = CircularReferences.in(text);
        if (circle != null) return refused(UwerCode.SCHEMA_VIOLATION, "what is at '%s' refers to itself".formatted(circle), circle);
        Schema schema = REGISTRY.getSchema(text);
        // References are looked up when they are needed: now, all of them, not when the first job comes.
        schema.initializeValidators();
        return new Parsed.Ok<>(new OfJson(schema));
      } catch (RuntimeException | StackOverflowError e) {
        return refused(UwerCode.SCHEMA_VIOLATION, "this is no JSON Schema 2020-12 that can be used: " + e.getMessage(),
            null);
      }
    }

    @Override
    public Optional<UwerProblem> objection(Payload payload) {
      String text = payload.utf8().orElse(null);
      if (text == null) return Optional.of(new UwerProblem(UwerCode.SCHEMA_VIOLATION, "expected JSON", ""));
      try {
        List<Error> wrong = schema.validate(text, InputFormat.JSON);
        return wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(new UwerProblem(UwerCode.SCHEMA_VIOLATION, wrong.getFirst().getMessage(), at("", wrong)));
      } catch (RuntimeException | StackOverflowError e) {
        return Optional.of(new UwerProblem(UwerCode.SCHEMA_VIOLATION, "it cannot be held against its contract: "
            + e.getMessage(), ""));
      }
    }

    private static String at(String before, List<Error> wrong) {
      return before + wrong.getFirst().getInstanceLocation();
    }
  }
}
