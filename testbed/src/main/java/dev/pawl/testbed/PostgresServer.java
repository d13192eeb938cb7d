package dev.pawl.testbed;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from the archive that Maven brought. It refuses to be root, so for root it is made nobody. */
final class PostgresServer extends LocalServer {
  private List<String> asNobody = List.of();
  private Path home = Path.of("");

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  void prepare(Path folder) throws IOException {
    URL archive = archive();
    if (archive == null) throw new IOException("no PostgreSQL binaries for this platform on the class path");
    home = Archive.unpackTar("postgres", archive);
    Path data = Files.createDirectory(folder.resolve("data"));
    if (Commands.isRoot()) becomeNobody(data);
    var initdb = new ArrayList<>(asNobody);
    initdb.addAll(List.of(bin("initdb"), "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync", "--no-instructions"));
    Commands.run(initdb);
  }

  /** In a user namespace of its own root is nobody and still owns its files; else the files change hands. */
  private void becomeNobody(Path data) throws IOException {
    try {
      Commands.run(List.of("unshare", "-U", "true"));
      asNobody = List.of("unshare", "-U");
    } catch (IOException forbidden) {
      Commands.run(List.of("chown", "65534:65534", data.toString()));
      asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    }
  }

  @Override
  List<String> command(Path folder, int port) {
    var command = new ArrayList<>(asNobody);
    command.addAll(List.of(bin("postgres"), "-D", folder.resolve("data").toString(), "-p", Integer.toString(port)));
    for (String setting : List.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300",
        "shared_buffers=128MB", "fsync=on", "synchronous_commit=on", "timezone=UTC")) {
      command.addAll(List.of("-c", setting));
    }
    // After a kill it makes everything durable before it serves: file by file that takes minutes when tests have made
    // hundreds of databases and the machine is busy.
    if (System.getProperty("os.name").equals("Linux")) command.addAll(List.of("-c", "recovery_init_sync_method=syncfs"));
    return command;
  }

  @Override
  String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database.isEmpty() ? "postgres" : database);
  }

  @Override
  String user() {
    return "postgres";
  }

  /** Fast shutdown: sessions are ended, transactions rolled back. */
  @Override
  String stopSignal() {
    return "INT";
  }

  /** Immediate shutdown: unlike SIGKILL it gives the shared memory segment back to the system. */
  @Override
  String lastSignal() {
    return "QUIT";
  }

  /** Whoever the server is made to be must own its files. */
  void handOver(Path data) throws IOException {
    if (asNobody.contains("setpriv")) Commands.run(List.of("chown", "-R", "65534:65534", data.toString()));
  }

  private String bin(String program) {
    return home.resolve("bin").resolve(program).toString();
  }

  private static @Nullable URL archive() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    return Archive.find("postgres-%s-%s.txz".formatted(os, arch));
  }
}
