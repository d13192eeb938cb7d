package dev.pawl.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTimingsTest {
  private static LeaseTimings of(long heartbeat, long lease, long margin, long poll, long recheck) {
    return new LeaseTimings(Duration.ofMillis(heartbeat), Duration.ofMillis(lease), Duration.ofMillis(margin),
        Duration.ofMillis(poll), Duration.ofMillis(recheck));
  }

  private static void refused(String part, long heartbeat, long lease, long margin, long poll, long recheck) {
    assertThatThrownBy(() -> of(heartbeat, lease, margin, poll, recheck))
        .isInstanceOfSatisfying(RejectedException.class,
            e -> assertThat(e.code()).isEqualTo(Rejection.Code.BAD_CONFIGURATION))
        .hasMessageContaining("UWER-5002").hasMessageContaining(part);
  }

  @Test
  void theDefaultRecoversInSixteenSeconds() {
    assertThat(LeaseTimings.DEFAULT.recoveryBound()).isEqualTo(Duration.ofSeconds(16));
    assertThat(LeaseTimings.DEFAULT.selfFence()).isEqualTo(Duration.ofSeconds(10));
    assertThat(LeaseTimings.DEFAULT.worstBound()).isEqualTo(Duration.ofSeconds(901));
  }

  @Test
  void theExtremesStayFarBelowAnHour() {
    LeaseTimings slow = of(15_000, 900_000, 180_000, 5_000, 900_000);
    assertThat(slow.worstBound()).isEqualTo(Duration.ofSeconds(1_205)).isLessThan(LeaseTimings.LONGEST_BOUND);
    LeaseTimings fast = of(1_000, 3_000, 1_000, 100, 1_000);
    assertThat(fast.recoveryBound()).isEqualTo(Duration.ofMillis(3_100));
  }

  @Test
  void everyRuleIsAsserted() {
    refused("heartbeat: expected PT1S to PT15S", 999, 15_000, 5_000, 1_000, 900_000);
    refused("heartbeat: expected PT1S to PT15S", 15_001, 60_000, 20_000, 1_000, 900_000);
    refused("leaseTime: expected PT3S to PT15M", 5_000, 900_001, 200_000, 1_000, 900_000);
    refused("leaseTime: expected PT3S to PT15M", 1_000, 2_999, 1_000, 1_000, 900_000);
    refused("three heartbeats", 5_000, 14_999, 5_000, 1_000, 900_000);
    refused("one heartbeat", 5_000, 20_000, 4_999, 1_000, 900_000);
    refused("20 % of leaseTime", 5_000, 60_000, 11_999, 1_000, 900_000);
    refused("two heartbeats", 5_000, 15_000, 5_001, 1_000, 900_000);
    refused("takeoverPoll: expected PT0.1S to PT5S", 5_000, 15_000, 5_000, 99, 900_000);
    refused("takeoverPoll: expected PT0.1S to PT5S", 5_000, 15_000, 5_000, 5_001, 900_000);
    refused("recheck: expected PT1S to PT15M", 5_000, 15_000, 5_000, 1_000, 900_001);
    refused("recovery bound: expected at most PT1H", 5_000, 15_000, 5_000, 1_000, 3_600_000);
  }

  @Test
  void allThatIsBrokenIsSaidAtOnce() {
    assertThatThrownBy(() -> of(20_000, 1_000, 100, 10_000, 0)).message()
        .contains("heartbeat:", "leaseTime:", "three heartbeats", "one heartbeat", "two heartbeats", "takeoverPoll:",
            "recheck:");
  }

  @Test
  void nonsenseIsReportedNotOverflown() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    assertThatThrownBy(() -> new LeaseTimings(endless, endless, endless, endless, endless))
        .isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> new LeaseTimings(endless.negated(), endless.negated(), endless.negated(),
        endless.negated(), endless.negated())).isInstanceOf(RejectedException.class);
  }
}
