package dev.pawl.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private static final Tickets.Ticket TICKET =
      new Tickets.Ticket(new TaskToken(RunId.parse("01951234-5678-7abc-8def-0123456789ab"), 3, 2, 17), 99);

  @Test
  void aTicketComesBackOnEveryNodeOfTheSameKey() {
    assertThat(new Tickets("key").read("shop", new Tickets("key").write("shop", TICKET))).contains(TICKET);
  }

  @Test
  void itIsGoodForNothingElsewhere() {
    String ticket = new Tickets("key").write("shop", TICKET);
    assertThat(new Tickets("key").read("bank", ticket)).isEmpty();
    assertThat(new Tickets("other").read("shop", ticket)).isEmpty();
    assertThat(new Tickets("key").read("shop", "nonsense")).isEmpty();
    assertThat(new Tickets("key").read("shop", "")).isEmpty();
  }

  @Test
  void noCharacterOfItCanBeChanged() {
    Tickets tickets = new Tickets("key");
    String ticket = tickets.write("shop", TICKET);
    for (int i = 0; i < ticket.length() - 1; i++) {
      char other = ticket.charAt(i) == 'A' ? 'B' : 'A';
      String forged = ticket.substring(0, i) + other + ticket.substring(i + 1);
      assertThat(tickets.read("shop", forged)).as("character %d", i).isEmpty();
    }
  }
}
