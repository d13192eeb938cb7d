package dev.pawl.testbed.process;

import dev.pawl.testbed.Scratch;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets JVMs start in half the time: folders of the class path are packed into jars, and the classes that a trial run has
 * loaded come from an archive, made beside everything else as soon as a few JVMs have been started.
 */
final class FastStart {
  /** So many start without an archive; for fewer it is not worth a trial run. */
  private static final int FEW = 3;

  private static final Map<Class<?>, FastStart> TRIALS = new HashMap<>();
  private static @Nullable String classPath;

  private int asked;
  private volatile @Nullable Path archive;

  private FastStart() {}

  /** This JVM's class path, all of it jars. */
  static synchronized String classPath() {
    String known = classPath;
    if (known != null) return known;
    Path folder = Scratch.folder("jars");
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(part);
      if (Files.isDirectory(path)) parts.add(packed(path, folder.resolve(parts.size() + ".jar")).toString());
      else if (Files.exists(path)) parts.add(part);
    }
    return classPath = parts.stream().collect(Collectors.joining(File.pathSeparator));
  }

  private static Path packed(Path folder, Path jar) {
    try (OutputStream out = Files.newOutputStream(jar); var zip = new ZipOutputStream(out); Stream<Path> all = Files.walk(folder)) {
      zip.setLevel(1);
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options for a JVM like the trial. @param trial loads what such JVMs load, and ends; null if there is none */
  static synchronized List<String> options(@Nullable Class<?> trial, List<String> jvm) {
    if (trial == null) return List.of();
    FastStart start = TRIALS.computeIfAbsent(trial, k -> new FastStart());
    if (++start.asked == FEW) Thread.ofPlatform().daemon().name("trial").start(() -> start.train(trial, jvm));
    Path made = start.archive;
    return made == null ? List.of() : quiet("-XX:SharedArchiveFile=" + made);
  }

  private static List<String> quiet(String option) {
    return List.of(option, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
  }

  /** Whatever comes of it: without an archive JVMs start as they always did. */
  private void train(Class<?> trial, List<String> jvm) {
    Path folder = Scratch.folder("archive");
    Path file = folder.resolve("classes.jsa");
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(jvm);
    command.addAll(quiet("-XX:ArchiveClassesAtExit=" + file));
    command.addAll(List.of("-cp", classPath(), trial.getName(), folder.toString()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(folder.resolve("log").toFile()).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      if (process.waitFor() == 0 && Files.exists(file)) archive = file;
    } catch (IOException | InterruptedException unable) {
      // Then not.
    }
  }
}
