package dev.pawl.testbed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Unpacks the servers that Maven brought as resources; once per machine and user, then reused. */
final class Archive {

  private Archive() {}

  /** The first of these resources that is on the class path. */
  static @Nullable URL find(String... resources) {
    for (String resource : resources) {
      URL url = Archive.class.getClassLoader().getResource(resource);
      if (url != null) return url;
    }
    return null;
  }

  /** Unpacks a {@code .tar.gz} or {@code .txz} and answers with the folder. */
  static Path unpackTar(String name, URL archive) throws IOException {
    return once(name, archive, folder -> {
      try (var tar = new TarArchiveInputStream(decompress(archive))) {
        for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) unpack(tar, entry, folder);
      }
    });
  }

  /** Copies a folder out of a jar and answers with the copy; everything in it is made executable. */
  static Path unpackJarFolder(String name, URL folderInJar) throws IOException {
    return once(name, folderInJar, folder -> {
      var connection = (JarURLConnection) folderInJar.openConnection();
      String prefix = connection.getEntryName();
      var jar = connection.getJarFile();
      for (var entry : jar.stream().filter(e -> e.getName().startsWith(prefix)).toList()) {
        Path target = inside(folder, entry.getName().substring(prefix.length()));
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, target);
          }
          target.toFile().setExecutable(true, false);
        }
      }
    });
  }

  private interface Unpacking {
    void into(Path folder) throws IOException;
  }

  private static Path once(String name, URL archive, Unpacking unpacking) throws IOException {
    Path cache = Path.of(System.getProperty("java.io.tmpdir"), "pawl-testbed-" + System.getProperty("user.name"));
    Path unpacked = cache.resolve(name + "-" + Integer.toHexString(URI.create(archive.toString()).hashCode()));
    if (Files.isDirectory(unpacked)) return unpacked;
    Files.createDirectories(cache);
    Path draft = Files.createTempDirectory(cache, "draft");
    draft.toFile().setExecutable(true, false);
    draft.toFile().setReadable(true, false);
    unpacking.into(draft);
    try {
      Files.move(draft, unpacked, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException | FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException e) {
      if (!Files.isDirectory(unpacked)) throw e;
      Scratch.delete(draft); // Another JVM unpacked it in the same moment.
    }
    return unpacked;
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder) throws IOException {
    Path target = inside(folder, entry.getName());
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
      if ((entry.getMode() & 0100) != 0) target.toFile().setExecutable(true, false);
    }
  }

  private static Path inside(Path folder, String name) throws IOException {
    Path target = folder.resolve(name.startsWith("/") ? name.substring(1) : name).normalize();
    if (!target.startsWith(folder)) throw new IOException("entry leads outside of its archive: " + name);
    return target;
  }

  private static InputStream decompress(URL archive) throws IOException {
    InputStream raw = new BufferedInputStream(archive.openStream());
    return archive.getPath().endsWith("xz") ? new XZInputStream(raw) : new GZIPInputStream(raw);
  }
}
