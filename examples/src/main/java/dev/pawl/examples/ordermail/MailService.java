package dev.pawl.examples.ordermail;

import java.util.Optional;

/** Somebody else's service. It takes mails now and delivers them some time later; any call may fail, before or after its effect. */
public interface MailService {

  /** What has become of a mail. */
  enum Delivery { UNDERWAY, DELIVERED, BOUNCED }

  /** @return the mail's id */
  String send(String reference, OrderMail mail) throws Exception;

  /** The id of the mail that was sent under this reference, if one was. */
  Optional<String> sentAs(String reference) throws Exception;

  Delivery delivery(String id) throws Exception;
}
