package dev.pawl.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder. What a key names never lies outside of it, whatever links there are. */
final class FolderStore implements ObjectStore {
  private final Path root;

  /** @param root exists, without links in its path */
  FolderStore(Path root) {
    this.root = root;
  }

  /**
   * A folder inside another one; made if it is not there.
   *
   * @throws IOException it is not inside
   */
  static FolderStore inside(Path outer, Path wanted) throws IOException {
    Files.createDirectories(outer);
    Path real = outer.toRealPath();
    Path normal = wanted.toAbsolutePath().normalize();
    if (!normal.startsWith(outer.toAbsolutePath().normalize()) && !normal.startsWith(real)) {
      throw new IOException("the folder is outside of the server's storage folder");
    }
    Files.createDirectories(normal);
    Path root = normal.toRealPath();
    if (!root.startsWith(real)) throw new IOException("the folder leads out of the server's storage folder");
    return new FolderStore(root);
  }

  private Path file(String key) throws IOException {
    Path file = root.resolve(key).normalize();
    if (!file.startsWith(root) || file.equals(root)) throw new IOException("the object is outside of the store");
    for (Path at = file; at != null && !at.equals(root); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) throw new IOException("the object is behind a link");
    }
    return file;
  }

  @Override
  public void put(String key, byte[] bytes) throws IOException {
    Path file = file(key);
    Files.createDirectories(file.getParent());
    Path draft = Files.createTempFile(file.getParent(), "draft-", "");
    try {
      Files.write(draft, bytes);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  @Override
  public byte[] get(String key, long most) throws IOException {
    try (InputStream in = Files.newInputStream(file(key))) {
      byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8L));
      if (bytes.length > most) throw new IOException("the object has more than %d bytes".formatted(most));
      return bytes;
    } catch (NoSuchFileException e) {
      throw new IOException("the object is not there", e);
    }
  }

  @Override
  public void delete(String key) throws IOException {
    Files.deleteIfExists(file(key));
  }

  @Override
  public String uri(String key) {
    return "file://" + root.resolve(key).toUri().getRawPath();
  }

  @Override
  public String key(String uri) throws IOException {
    URI named = URI.create(uri);
    String host = named.getHost();
    if (!"file".equals(named.getScheme()) || (host != null && !host.equals("localhost"))) {
      throw new IOException("expected file:///..., got another address");
    }
    Path file = Path.of(named.getPath()).normalize();
    if (!file.startsWith(root)) throw new IOException("the object is outside of the store");
    return root.relativize(file).toString();
  }
}
