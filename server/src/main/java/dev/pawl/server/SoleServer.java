package dev.pawl.server;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.server.config.ServerConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The claim of one server to an SQLite file: a lock on a file beside it, which the system takes back when the process ends,
 * however it does. A second server would work, but nobody starts it on purpose: it only finds out by looking what the first
 * one did. Other processes, such as {@code pawl fsck} or an engine of one's own, are let in.
 */
final class SoleServer implements AutoCloseable {
  private final @Nullable FileChannel held;

  private SoleServer(@Nullable FileChannel held) {
    this.held = held;
  }

  /**
   * @param say told what was claimed; nothing on databases that take many servers
   * @throws RejectedException {@code BAD_CONFIGURATION}: another server has it; {@code STORE_UNAVAILABLE}: no file can be made
   */
  static SoleServer of(ServerConfig config, Consumer<String> say) {
    if (!config.database().startsWith("jdbc:sqlite:")) return new SoleServer(null);
    PawlServer.folderOf(config.database());
    Path file = Path.of(config.database().substring("jdbc:sqlite:".length()).split("\\?", 2)[0] + ".server");
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new RejectedException(Rejection.because(Rejection.Code.BAD_CONFIGURATION,
            "another pawl server works on this database: it holds %s; several servers need PostgreSQL or MariaDB"
                .formatted(file.toAbsolutePath())));
      }
      say.accept("The database is this server's alone: it holds " + file);
      return new SoleServer(channel);
    } catch (IOException e) {
      throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE,
          "%s cannot be locked: %s".formatted(file, e)), e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // a server in this process
    }
  }

  @Override
  public void close() {
    try {
      if (held != null) held.close();
    } catch (IOException e) {
      // The system takes the lock back with the process.
    }
  }
}
