package dev.pawl.examples.approval;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

// tag::workflow[]
/** Asks the manager, after two days the manager's boss, and says no for them after two more. */
public final class ApprovalWorkflow implements Workflow<Expense, Decision> {
  private final NoticeActivities notices = Activities.stub(NoticeActivities.class);
  private String asked = "";
  private @Nullable Decision decision;

  @Override
  public Decision run(Expense expense) {
    Pawl.onQuery("asked", () -> asked);
    Pawl.onSignal("withdraw", String.class,
        why -> decision = new Decision(false, expense.employee(), "withdrawn: " + why));
    Pawl.onUpdate("decide", Decision.class, this::check, answer -> decision = answer);

    for (String person : new String[] {expense.manager(), expense.boss()}) {
      asked = person;
      notices.ask(person, expense);
      if (Pawl.await(() -> decision != null, Duration.ofDays(2))) break;
    }
    Pawl.await(Pawl::handlersDone); // whoever sent an update gets an answer
    Decision made = decision;
    return made != null ? made : new Decision(false, "nobody", "no answer");
  }

  /** Says no by throwing: the caller is told, and history does not change. */
  private void check(Decision answer) {
    if (decision != null) throw new IllegalStateException("already decided");
    if (!answer.by().equals(asked)) throw new IllegalArgumentException(asked + " is asked, not " + answer.by());
  }
}
// end::workflow[]
