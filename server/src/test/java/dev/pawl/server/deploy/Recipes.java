package dev.pawl.server.deploy;

import dev.pawl.server.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of {@code deploy/}, as the programs that use them would read them. */
final class Recipes {
  private static final Path FOLDER = folder();
  /** {@code ${NAME:?message}}: what a user has to set. */
  private static final Pattern MUST_BE_SET = Pattern.compile("\\$\\{(\\w+):\\?[^}]*}");

  private Recipes() {}

  private static Path folder() {
    String root = System.getProperty("pawl.root");
    return Path.of(root == null ? ".." : root).resolve("deploy").toAbsolutePath();
  }

  static Path file(String name) {
    return FOLDER.resolve(name);
  }

  static String text(String name) {
    try {
      return Files.readString(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one document of a YAML file. */
  static Map<String, @Nullable Object> yaml(String name) {
    try {
      return Json.object(Json.yaml(text(name)));
    } catch (Json.Malformed e) {
      throw new AssertionError(name, e);
    }
  }

  static List<Path> kubernetes() {
    try (Stream<Path> files = Files.list(file("kubernetes"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a place in a document holds: names and numbers with dots between. */
  static @Nullable Object at(@Nullable Object document, String path) {
    Object value = document;
    for (String name : path.split("\\.")) {
      value = value instanceof List<?> list ? list.get(Integer.parseInt(name)) : Json.object(value).get(name);
    }
    return value;
  }

  /** The variables of a service of the compose file, with everything set that has to be. */
  static Map<String, String> composed(String service) {
    Map<String, @Nullable Object> compose = yaml("compose.yaml");
    Map<String, @Nullable Object> all = new LinkedHashMap<>(Json.object(at(compose, "x-node.environment")));
    all.putAll(Json.object(at(compose, "services." + service + ".environment")));
    Map<String, String> set = new LinkedHashMap<>();
    all.forEach((name, value) -> {
      if (!name.equals("<<")) set.put(name, MUST_BE_SET.matcher(String.valueOf(value)).replaceAll("set-$1"));
    });
    return set;
  }

  /** The variables of the pod: its own ones and those of the secret. */
  static Map<String, String> podded() {
    Map<String, String> set = new LinkedHashMap<>();
    Object pod = at(yaml("kubernetes/deployment.yaml"), "spec.template.spec.containers.0.env");
    for (Object one : Json.list(pod)) {
      Map<String, @Nullable Object> variable = Json.object(one);
      Object value = variable.get("value");
      set.put((String) variable.get("name"), value == null ? "pawl-7d9f-x2" : (String) value);
    }
    Json.object(yaml("kubernetes/secret.yaml").get("stringData")).forEach((name, value) -> set.put(name, (String) value));
    return set;
  }

  /** The lines {@code NAME=value} of a file. */
  static Map<String, String> assigned(String name) {
    Map<String, String> set = new LinkedHashMap<>();
    for (String line : text(name).split("\n")) {
      int equal = line.indexOf('=');
      if (!line.startsWith("#") && equal > 0) set.put(line.substring(0, equal), line.substring(equal + 1));
    }
    return set;
  }
}
