package dev.pawl.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Outcome;
import dev.pawl.server.json.Json;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a carrier may not lead, whatever its name has come to mean. */
class InvocationTest {
  private static Outcome call(String url, boolean privateNetwork) throws InterruptedException {
    var carrier = new CarrierPlan.Carrier("c", url, Duration.ofSeconds(5),
        new CarrierPlan.Retry(1, List.of(), Set.of()), 1, privateNetwork);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return new Invocation(http, (namespace, body) -> {}).perform(
          new CarrierPlan.Mapping("m", "default", "q", "t", "t", carrier, null, "secret", Map.of()), Json.of("task",
              Json.of("id", "1")), Duration.ofSeconds(5));
    }
  }

  private static void forbidden(String url, boolean privateNetwork) throws InterruptedException {
    assertThat(call(url, privateNetwork)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
      assertThat(failed.failure().type()).as(url).isEqualTo("CarrierForbidden");
      assertThat(failed.failure().nonRetryable()).isTrue();
    });
  }

  @Test
  void addressesThatGiveSecretsToWhoeverIsNear() throws InterruptedException {
    forbidden("https://169.254.169.254/latest", true);
    forbidden("https://127.0.0.2/", true);
    forbidden("https://0.0.0.0/", true);
    forbidden("https://[fe80::1]/", true);
    forbidden("https://[::ffff:127.0.0.3]/", true);
    forbidden("https://224.0.0.1/", true);
  }

  @Test
  void privateNetworksAreForThoseThatSaySo() throws Exception {
    for (String url : List.of("https://10.1.2.3/", "https://192.168.0.9/", "https://172.16.0.1/", "https://100.64.0.1/",
        "https://[fd00::1]/")) {
      forbidden(url, false);
    }
    assertThat(Invocation.isPrivate(InetAddress.getByName("93.184.216.34"))).isFalse();
    assertThat(Invocation.isNear(InetAddress.getByName("10.1.2.3"))).isFalse();
  }
}
