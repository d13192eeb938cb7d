package dev.pawl.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** MySQL 8.0 from the archive that Maven brought. */
final class MysqlServer extends LocalServer {
  private Path home = Path.of("");

  @Override
  public String name() {
    return "mysql";
  }

  @Override
  void prepare(Path folder) throws IOException {
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    var archive = Archive.find(mac ? "mysql-Mac_OS_X-x86_64.tar.gz" : "mysql-Linux-amd64.tar.gz");
    if (archive == null) throw new IOException("no MySQL binaries for this platform on the class path");
    home = Archive.unpackTar("mysql", archive);
    var install = new ArrayList<>(options(folder));
    install.add("--initialize-insecure");
    Commands.run(install);
  }

  private List<String> options(Path folder) {
    var options = new ArrayList<>(List.of(home.resolve("bin/mysqld").toString(), "--no-defaults", "--basedir=" + home,
        "--datadir=" + folder.resolve("data"), "--tmpdir=" + folder, "--innodb-buffer-pool-size=128M",
        "--lc-messages-dir=" + home.resolve("share")));
    if (Commands.isRoot()) options.add("--user=root");
    return options;
  }

  @Override
  List<String> command(Path folder, int port) {
    var command = new ArrayList<>(options(folder));
    command.addAll(List.of("--port=" + port, "--bind-address=127.0.0.1", "--socket=" + folder.resolve("s"),
        "--pid-file=" + folder.resolve("server.pid"), "--skip-log-bin", "--mysqlx=0", "--max-connections=300",
        "--innodb-flush-log-at-trx-commit=1", "--character-set-server=utf8mb4", "--default-time-zone=+00:00"));
    return command;
  }

  @Override
  String url(int port, String database) {
    return "jdbc:mariadb://127.0.0.1:%d/%s?allowPublicKeyRetrieval=true".formatted(port, database);
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
