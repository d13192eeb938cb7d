package dev.pawl.server;

import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.server.config.ServerConfig;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;

/** {@code pawl server}, {@code pawl migrate}, {@code pawl fsck}, {@code pawl audit verify} and {@code audit export}. */
public final class ServerMain {
  private ServerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    List<String> options = new ArrayList<>(List.of(arguments));
    String command = options.isEmpty() || options.getFirst().startsWith("--") ? "server" : options.removeFirst();
    if (command.equals("audit")) command = "audit " + (options.isEmpty() ? "" : options.removeFirst());
    boolean help = options.remove("--help");
    boolean check = options.remove("--check");
    if (help) {
      System.out.println("pawl %s [--check] [--config pawl.yaml] [--setting value]...\n\nSettings, also as PAWL_SETTING "
          .formatted(command) + "in the environment and as 'setting: value' in the file:");
      ServerConfig.help().forEach(System.out::println);
      return;
    }
    try {
      ServerConfig config = ServerConfig.of(options, System.getenv());
      if (check) {
        Checkup.of(config, InstantSource.system(), System.out::println);
        return;
      }
      switch (command) {
        case "migrate" -> {
          PawlServer.migrate(config);
          System.out.println("The schema of the database is up to date.");
        }
        case "fsck" -> look(config, engine -> Fsck.examine(engine, System.out::println));
        case "audit verify" -> look(config, engine -> Fsck.audit(engine, System.out::println));
        case "audit export" -> look(config, engine -> Fsck.export(engine, System.out::print));
        case "server" -> run(config);
        default -> {
          System.err.println("expected server, migrate, fsck, audit verify or audit export, got '%s'".formatted(command));
          System.exit(64);
        }
      }
    } catch (RejectedException e) {
      System.err.println("Pawl does not start: " + e.rejection().message());
      System.exit(78);
    }
  }

  /** @param look says how much is wrong */
  private static void look(ServerConfig config, ToIntFunction<PawlEngine> look) {
    int wrong;
    try (PawlEngine engine = PawlServer.looker(config)) {
      wrong = look.applyAsInt(engine);
    }
    if (wrong > 0) System.exit(1);
  }

  private static void run(ServerConfig config) throws InterruptedException {
    SoleServer claim = SoleServer.of(config, System.out::println);
    PawlServer server = PawlServer.open(config, System.out::println);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      server.close();
      claim.close();
      stopped.countDown();
    }, "pawl-stop"));
    stopped.await();
  }
}
