package dev.pawl.examples.ordermail;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobId;
import dev.pawl.sdk.job.Checked;
import dev.pawl.sdk.job.DeadJob;
import dev.pawl.sdk.job.JobHandler;
import dev.pawl.sdk.job.Jobs;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** The mail about an order: sent once, looked after until it has arrived, and handed to a person if it never does. */
public final class OrderMails {
  static final String TYPE = "order.mail";

  private OrderMails() {}

  // tag::handler[]
  static JobHandler<OrderMail> handler(MailService service, Consumer<DeadJob> desk) {
    return Jobs.handler(TYPE, OrderMail.class, (job, mail) -> {
      // A call that failed may have sent it all the same: the service is asked before it is sent again.
      Optional<String> sent = job.ambiguous() ? service.sentAs(job.effectKey()) : Optional.empty();
      job.awaits(sent.isPresent() ? sent.get() : service.send(job.effectKey(), mail));
    }).check((job, id) -> switch (service.delivery(id)) {
      case UNDERWAY -> Checked.pending();
      case DELIVERED -> Checked.done(id);
      case BOUNCED -> Checked.rejected("nobody reads mail there");
    }).onDead(desk::accept);
  }
  // end::handler[]

  // tag::enqueue[]
  /** Asked for twice, it is one mail. */
  static JobId send(Jobs jobs, OrderMail mail) {
    return jobs.enqueue(Jobs.job(TYPE, "mail:" + mail.order(), mail)
        .retry(BackoffProfile.FAST)
        .check(new CheckTerms(Duration.ofMinutes(1), 60)));
  }
  // end::enqueue[]
}
