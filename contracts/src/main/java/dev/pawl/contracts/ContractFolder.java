package dev.pawl.contracts;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.uwer.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Contracts as files: {@code <namespace>/<type>.json} and {@code <namespace>/<type>.xsd}, registered at the start. */
public final class ContractFolder {
  private ContractFolder() {}

  /**
   * Registers what is new.
   *
   * @param namespaces whether a namespace exists
   * @param say told one line for each new version
   * @throws RejectedException {@code BAD_CONFIGURATION} with everything that is wrong
   */
  public static void register(Path folder, Contracts contracts, Predicate<String> namespaces, Consumer<String> say) {
    List<String> wrong = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String problem = file(folder.relativize(file), file, contracts, namespaces, say);
        if (problem != null) wrong.add("contracts: %s: %s".formatted(file, problem));
      }
    } catch (IOException e) {
      wrong.add("contracts: %s cannot be read: %s".formatted(folder, e));
    }
    if (!wrong.isEmpty()) {
      throw new RejectedException(Rejection.because(Rejection.Code.BAD_CONFIGURATION, String.join("; ", wrong)));
    }
  }

  private static @org.jspecify.annotations.Nullable String file(Path name, Path file, Contracts contracts,
      Predicate<String> namespaces, Consumer<String> say) throws IOException {
    String last = name.getFileName().toString();
    Contract.Kind kind = last.endsWith(".json") ? Contract.Kind.JSON : last.endsWith(".xsd") ? Contract.Kind.XSD : null;
    if (name.getNameCount() != 2 || kind == null) return "expected <namespace>/<type>.json or <namespace>/<type>.xsd";
    String namespace = name.getName(0).toString();
    if (!namespaces.test(namespace)) return "there is no namespace '%s'".formatted(namespace);
    String type = last.substring(0, last.lastIndexOf('.'));
    return switch (contracts.register(namespace, type, kind, Files.readString(file, StandardCharsets.UTF_8), null,
        "file")) {
      case Parsed.Ok<Contracts.Registered> ok -> {
        if (ok.value().isNew()) say.accept("Contract %s registered from %s.".formatted(ok.value().contract().uri(), file));
        yield null;
      }
      case Parsed.Refused<Contracts.Registered> no -> no.problem().detail();
    };
  }
}
