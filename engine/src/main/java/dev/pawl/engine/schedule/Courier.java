package dev.pawl.engine.schedule;

import dev.pawl.core.run.Delivered;
import dev.pawl.core.run.Mail;
import dev.pawl.engine.commit.Answer;
import java.util.List;

/** Who takes what schedules have posted. Everything is in the database already: losing a word here costs time only. */
public interface Courier {
  /** These mails are due some time. Must not block. */
  void keep(List<Mail> posted);

  /** These mails are not there any more. */
  void forget(List<Mail.Key> gone);

  /** Delivers mails to runs now; the answers are in order, none is thrown. */
  List<Answer<Delivered>> deliver(List<Mail> mails);
}
