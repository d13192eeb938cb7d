package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.task.Fairness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that live for ever are pinned, one file per record. A difference here means that histories out there would be
 * written otherwise from now on. A new record gets its file with {@code -Dpawl.golden=write}; a file that exists is never
 * rewritten by that: if its format really has to change, keep the old one beside it as {@code Name.1.json}, and reading
 * it stays tested.
 */
class GoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  static Stream<RunEvent> events() {
    return Samples.events().stream();
  }

  static Stream<Mail.Message> messages() {
    return Samples.messages().stream();
  }

  static Stream<Command> commands() {
    return Samples.commands().stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void event(RunEvent fact) {
    assertThat(EventJson.write(fact)).isEqualTo(golden("event", fact.type(), EventJson.write(fact)));
    for (String old : written("event", fact.type())) {
      assertThat(EventJson.read(fact.type(), old)).isEqualTo(fact);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void mail(Mail.Message message) {
    String type = MailJson.type(message);
    assertThat(MailJson.write(message)).isEqualTo(golden("mail", type, MailJson.write(message)));
    for (String old : written("mail", type)) assertThat(MailJson.read(type, old)).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command(Command command) {
    String type = command.getClass().getSimpleName();
    String json = CommandJson.write(List.of(command));
    assertThat(json).isEqualTo(golden("command", type, json));
    for (String old : written("command", type)) assertThat(CommandJson.read(old)).containsExactly(command);
  }

  @Test
  void state() {
    String full = RunStateJson.write(Samples.state());
    assertThat(full).isEqualTo(golden("state", "full", full));
    assertThat(RunStateJson.read(golden("state", "full", full))).isEqualTo(Samples.state());
    String small = RunStateJson.moving(Samples.smallState());
    assertThat(small).isEqualTo(golden("state", "small-moving", small));
    String replayed = RunStateJson.moving(Samples.replayedState());
    assertThat(replayed).isEqualTo(golden("state", "replayed-moving", replayed));
    assertThat(RunStateJson.read(RunStateJson.fixed(Samples.replayedState()), replayed))
        .isEqualTo(Samples.replayedState());
    String birth = RunStateJson.fixed(Samples.smallState());
    assertThat(birth).isEqualTo(golden("state", "small-fixed", birth));
    assertThat(RunStateJson.read(birth, small)).isEqualTo(Samples.smallState());
  }

  @Test
  void task() {
    var body = new TaskJson.Body(Samples.ORDER, Samples.HEADER, Samples.ACTIVITY);
    assertThat(TaskJson.write(body)).isEqualTo(golden("task", "body", TaskJson.write(body)));
  }

  @Test
  void whoseShareATaskTakes() {
    var share = new Fairness("customer-7", 3);
    var body = new TaskJson.Body(null, Map.of(), Samples.ACTIVITY.with(share));
    String task = TaskJson.write(body);
    assertThat(task).isEqualTo(golden("task", "fair-body", task));
    assertThat(TaskJson.read(task)).isEqualTo(body);
    RunState plain = Samples.smallState();
    RunEvent.WorkflowStarted s = plain.started();
    String birth = RunStateJson.fixed(new RunState(plain.id(), "default", "order-42", new RunEvent.WorkflowStarted(
        "Order", "orders", s.input(), s.options().with(share), 1, 1, plain.id(), null, null, null, null),
        plain.status(), plain.startedAt(), null, 5, plain.lastAt(), 2, 4, false, false, Map.of(), Map.of(), Map.of(),
        Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Set.of(), List.of()));
    assertThat(birth).isEqualTo(golden("state", "fair-fixed", birth));
    assertThat(RunStateJson.fairness(birth)).isEqualTo(share);
    assertThat(RunStateJson.read(birth, RunStateJson.moving(plain)).started().options().fairness()).isEqualTo(share);
    assertThat(RunStateJson.fairness(RunStateJson.fixed(plain))).isNull();
  }

  @Test
  void everyRecordHasASample() {
    assertThat(Samples.events().stream().map(Object::getClass))
        .containsExactlyInAnyOrderElementsOf(Chance.leaves(RunEvent.class));
    assertThat(Samples.messages().stream().map(Object::getClass))
        .containsExactlyInAnyOrderElementsOf(Chance.leaves(Mail.Message.class));
    assertThat(Samples.commands().stream().map(Object::getClass))
        .containsExactlyInAnyOrderElementsOf(Chance.leaves(Command.class));
  }

  @Test
  void everyFileBelongsToARecordThatIsStillRead() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      List<String> orphans = files.filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.startsWith("event/"))
          .map(name -> name.substring(6, name.indexOf('.')))
          .filter(type -> Samples.events().stream().noneMatch(fact -> fact.type().equals(type)))
          .toList();
      assertThat(orphans).as("events that databases may hold and nobody reads any more").isEmpty();
    }
  }

  private static String golden(String kind, String name, String now) {
    Path file = FOLDER.resolve(kind).resolve(name + ".json");
    try {
      if (!Files.exists(file) && "write".equals(System.getProperty("pawl.golden"))) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, now + "\n");
      }
      assertThat(file).as("the golden file of a record; see the head of this class").exists();
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The golden file and its elders. */
  private static List<String> written(String kind, String name) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(kind))) {
      return files.filter(file -> file.getFileName().toString().startsWith(name + "."))
          .map(file -> {
            try {
              return Files.readString(file).strip();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
