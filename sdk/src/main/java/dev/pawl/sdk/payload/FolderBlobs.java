package dev.pawl.sdk.payload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Blobs as files of one folder, which may lie on a file system that several machines share. Each file is written under
 * another name, forced to the disk and renamed, so that a file of a blob's name is always whole.
 */
public final class FolderBlobs implements BlobStore {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final Path folder;

  /** @param folder is made if it does not exist */
  public FolderBlobs(Path folder) {
    this.folder = folder;
  }

  @Override
  public void put(String name, byte[] bytes) throws IOException {
    Path file = file(name);
    Path parent = parent(name);
    try {
      if (Files.size(file) == bytes.length) return;
    } catch (NoSuchFileException isNew) {
      Files.createDirectories(parent);
    }
    Path unfinished = parent.resolve(name + "." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) out.write(rest);
        out.force(true);
      }
      rename(unfinished, file);
      force(parent);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system of " + to.getParent() + " can't rename atomically; blobs need one that can", e);
    }
  }

  // Without this a power cut may lose the new name although the bytes are on the disk.
  private static void force(Path folder) {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (IOException notOnThisSystem) {
      // Windows can't open folders; its file systems journal names themselves.
    }
  }

  @Override
  public Optional<byte[]> get(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  // Names come out of payloads: anything but a hash could lead out of the folder.
  private Path file(String name) {
    if (!HASH.matcher(name).matches()) throw new IllegalArgumentException("no name of a blob: " + name);
    return parent(name).resolve(name);
  }

  private Path parent(String name) {
    return folder.resolve(name.substring(0, 2));
  }
}
