package dev.pawl.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** Folders of this JVM under the system's temporary folder. */
public final class Scratch {

  private Scratch() {}

  /**
   * A new folder, deleted when the JVM ends. Its path is short, because a UNIX socket may lie in it
   * and those allow about a hundred characters.
   */
  public static Path folder(String name) {
    try {
      Path folder = Files.createTempDirectory("pawl-" + name + "-");
      // A server that runs as another user than root's must get to its files.
      folder.toFile().setExecutable(true, false);
      folder.toFile().setReadable(true, false);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    } catch (NoSuchFileException gone) {
      // Somebody was faster: the folder is gone, which is all we want.
    } catch (IOException | UncheckedIOException e) {
      // A server on its way out may still write here; its guard deletes the folder after it.
    }
  }
}
