package dev.pawl.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The table of a node's session, as the contract has it. {@code !}: stop all handlers. {@code -}: cannot matter. */
class NodeStateTest {
  private static final String TABLE = """
      from     | START | SYNC_OK_NONE | SYNC_OK_SOME | GRANT | LAST_LEASE_ENDED | UNACKNOWLEDGED | SELF_FENCE | MUST_SYNC | SIGTERM  | DRAINED | HEARTBEAT_TIMEOUT
      none     | SYNC  | 4096         | 4096         | 4097  | -                | -              | -          | -         | -        | -       | -
      SYNC     | 4095  | IDLE         | BUSY         | 4097  | -                | SYNC           | SYNC!      | SYNC      | DRAINING | -       | LOST
      IDLE     | 4095  | -            | -            | BUSY  | -                | SYNC           | SYNC       | SYNC      | GONE     | -       | LOST
      BUSY     | 4095  | -            | -            | BUSY  | IDLE             | SYNC           | SYNC!      | SYNC      | DRAINING | -       | LOST
      DRAINING | 4095  | -            | -            | 4097  | GONE             | DRAINING       | DRAINING!  | DRAINING  | DRAINING | GONE    | LOST
      LOST     | SYNC  | 4096         | 4096         | 4097  | -                | -              | -          | -         | -        | -       | LOST
      GONE     | SYNC  | 4096         | 4096         | 4097  | -                | -              | -          | -         | -        | -       | -
      """;

  @Test
  void everyCell() {
    String[][] table = TABLE.lines().map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new))
        .toArray(String[][]::new);
    for (int row = 1; row < table.length; row++) {
      for (int column = 1; column < table[0].length; column++) {
        NodeState from = table[row][0].equals("none") ? null : NodeState.valueOf(table[row][0]);
        NodeState.Event event = NodeState.Event.valueOf(table[0][column]);
        assertThat(said(NodeState.on(from, event))).as("%s in %s", event, from).isEqualTo(table[row][column]);
      }
    }
    assertThat(table).hasNumberOfRows(NodeState.values().length + 2);
    assertThat(table[0]).hasSize(NodeState.Event.values().length + 1);
  }

  @Test
  void aStateIsGrantableExactlyIfAGrantIsTaken() {
    for (NodeState state : NodeState.values()) {
      assertThat(NodeState.on(state, NodeState.Event.GRANT) instanceof NodeState.Step.To).isEqualTo(state.grantable());
    }
  }

  private static String said(NodeState.Step step) {
    return switch (step) {
      case NodeState.Step.To to -> to.state() + (to.stopHandlers() ? "!" : "");
      case NodeState.Step.Ignored ignored -> "-";
      case NodeState.Step.Refused refused -> Integer.toString(refused.code().number());
    };
  }
}
