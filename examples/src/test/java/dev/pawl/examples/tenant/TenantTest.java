package dev.pawl.examples.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantTest {
  @Test
  void contextTravelsAndRunsAreFound(@TempDir Path folder) {
    List<String> log = new CopyOnWriteArrayList<>();
    try (PawlEngine engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"))) {
      // tag::use[]
      Worker worker = Worker.on(engine.worker())
          .workflow("invoice", InvoiceWorkflow::new)
          .carrying(new TenantCarrier())
          .intercept(new StepLog(log::add))
          .start();
      PawlClient client = PawlClient.on(engine.control()).carrying(new TenantCarrier());
      // end::use[]
      Tenant.set("acme");
      // tag::start[]
      WorkflowHandle invoice = client.start("invoice", "invoice-1", 4_200L, opts -> opts
          .searchAttribute("Tenant", new SearchValue.Keyword("acme"))
          .memo("ordered by", "ann"));
      // end::start[]
      Tenant.clear();
      invoice.signal("paid", "today");
      assertThat(invoice.result(String.class)).isEqualTo("invoice of acme");
      assertThat(log).containsExactly("write of acme, attempt 1: done");
      assertThat(client.count("Tenant = 'acme' and Stage = 'paid' and Cents > 4000")).isEqualTo(1);
      assertThat(client.count("Stage = 'open'")).isZero();
      assertThat(invoice.describe().memo()).containsKey("ordered by");
      worker.close();
    }
  }
}
