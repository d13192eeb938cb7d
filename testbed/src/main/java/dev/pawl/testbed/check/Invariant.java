package dev.pawl.testbed.check;

import java.util.List;
import java.util.function.BiConsumer;

/** Something that must be true at any instant, under any fault. */
public interface Invariant {

  /** Short and stable, such as {@code I5}. */
  String id();

  /** One line, for the summary. */
  String name();

  /** Begins to look; what comes back is shown every history once and then asked to end. */
  Look begin(Evidence evidence, Report report);

  /** One look at the evidence. */
  interface Look {
    default void history(History history) {}

    /** All histories have been shown. */
    default void end() {}
  }

  /** Looks at the evidence for this alone. */
  default List<Violation> check(Evidence evidence) {
    return new Checker(List.of(this)).check(evidence).violations();
  }

  /** Judges each history by itself. */
  static Invariant ofHistory(String id, String name, BiConsumer<History, Report> judge) {
    return of(id, name, (evidence, report) -> new Look() {
      @Override
      public void history(History history) {
        judge.accept(history, report);
      }
    });
  }

  /** Judges the evidence as a whole. */
  static Invariant ofEvidence(String id, String name, BiConsumer<Evidence, Report> judge) {
    return of(id, name, (evidence, report) -> new Look() {
      @Override
      public void end() {
        judge.accept(evidence, report);
      }
    });
  }

  /** Anything else. */
  static Invariant of(String id, String name, Beginning beginning) {
    return new Invariant() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public Look begin(Evidence evidence, Report report) {
        return beginning.begin(evidence, report);
      }

      @Override
      public String toString() {
        return id + " " + name;
      }
    };
  }

  /** How a look begins. */
  interface Beginning {
    Look begin(Evidence evidence, Report report);
  }
}
