package dev.pawl.chaos.workload;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.worker.WorkerBuilder;

/**
 * A list that signals and updates append to, until it is told to stop; its values with spaces between them are the result,
 * and the input of its next run. An update is answered with the number of its value in the list.
 */
public final class Appends implements Workflow<String, String> {
  public static final String TYPE = "appends";
  private static final int GENERATION = 4;

  private final StringBuilder list = new StringBuilder();
  private int length;
  private boolean stop;

  /** Makes a worker serve lists. */
  public static WorkerBuilder serve(WorkerBuilder worker) {
    return worker.workflow(TYPE, Appends::new);
  }

  @Override
  public String run(String before) {
    if (!before.isEmpty()) {
      list.append(before);
      length = before.split(" ").length;
    }
    int born = length;
    Pawl.onSignal("append", String.class, this::append);
    Pawl.onUpdate("append", String.class, this::append);
    Pawl.onSignal("stop", String.class, nothing -> stop = true);
    Pawl.await(() -> stop || length >= born + GENERATION);
    Pawl.await(Pawl::handlersDone);
    if (!stop) Pawl.continueAsNew(list.toString());
    return list.toString();
  }

  private int append(String value) {
    if (!list.isEmpty()) list.append(' ');
    list.append(value);
    return ++length;
  }
}
