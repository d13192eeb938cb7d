package dev.pawl.chaos.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Programs as text, for the input of a run and for people: {@code pay 12 1 0 beside 2 { sleep 30 } { charge 7 0 } again}.
 */
public final class ProgramText {
  private ProgramText() {}

  public static String write(List<Op> program) {
    var text = new StringBuilder();
    for (Op op : program) {
      if (!text.isEmpty()) text.append(' ');
      text.append(write(op));
    }
    return text.toString();
  }

  private static String write(Op op) {
    return switch (op) {
      case Op.Carry o -> "carry " + o.amount();
      case Op.Pay o -> "pay %d %d %d".formatted(o.amount(), o.failures(), o.pause());
      case Op.Charge o -> "charge %d %d".formatted(o.amount(), o.failures());
      case Op.Toil o -> "toil %d %d".formatted(o.amount(), o.millis());
      case Op.Deadly o -> "deadly " + o.amount();
      case Op.Book o -> "book " + o.amount();
      case Op.Note o -> "note " + o.amount();
      case Op.Sleep o -> "sleep " + o.millis();
      case Op.Await o -> "await %s %d".formatted(o.name(), o.amount());
      case Op.Expire o -> "expire %d %d".formatted(o.millis(), o.amount());
      case Op.Child o -> "child " + block(o.program());
      case Op.Tell o -> "tell " + o.amount();
      case Op.Beside o ->
          "beside %d %s".formatted(o.branches().size(), String.join(" ", o.branches().stream().map(ProgramText::block).toList()));
      case Op.Undo o -> "undo " + o.amount();
      case Op.CallOff o -> "calloff " + o.amount();
      case Op.Patch o -> "patch " + o.amount();
      case Op.Show o -> "show";
      case Op.Again o -> "again";
      case Op.Forever o -> "forever";
    };
  }

  private static String block(List<Op> program) {
    return program.isEmpty() ? "{ }" : "{ " + write(program) + " }";
  }

  /** @throws IllegalArgumentException with the word that was not understood */
  public static List<Op> read(String text) {
    Iterator<String> words = Arrays.stream(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).iterator();
    return program(words, false);
  }

  private static List<Op> program(Iterator<String> words, boolean inBlock) {
    var program = new ArrayList<Op>();
    while (words.hasNext()) {
      String word = words.next();
      if (inBlock && word.equals("}")) return program;
      program.add(op(word, words));
    }
    if (inBlock) throw new IllegalArgumentException("expected }, got the end");
    return program;
  }

  private static Op op(String word, Iterator<String> words) {
    return switch (word) {
      case "carry" -> new Op.Carry(number(words));
      case "pay" -> new Op.Pay(number(words), (int) number(words), (int) number(words));
      case "charge" -> new Op.Charge(number(words), (int) number(words));
      case "toil" -> new Op.Toil(number(words), (int) number(words));
      case "deadly" -> new Op.Deadly(number(words));
      case "book" -> new Op.Book(number(words));
      case "note" -> new Op.Note(number(words));
      case "sleep" -> new Op.Sleep((int) number(words));
      case "await" -> new Op.Await(words.next(), number(words));
      case "expire" -> new Op.Expire((int) number(words), number(words));
      case "child" -> new Op.Child(block(words));
      case "tell" -> new Op.Tell(number(words));
      case "beside" -> beside(words);
      case "undo" -> new Op.Undo(number(words));
      case "calloff" -> new Op.CallOff(number(words));
      case "patch" -> new Op.Patch(number(words));
      case "show" -> new Op.Show();
      case "again" -> new Op.Again();
      case "forever" -> new Op.Forever();
      default -> throw new IllegalArgumentException("expected an operation, got '%s'".formatted(word));
    };
  }

  private static Op beside(Iterator<String> words) {
    var branches = new ArrayList<List<Op>>();
    for (long left = number(words); left > 0; left--) branches.add(block(words));
    return new Op.Beside(branches);
  }

  private static List<Op> block(Iterator<String> words) {
    String word = words.hasNext() ? words.next() : "the end";
    if (!word.equals("{")) throw new IllegalArgumentException("expected {, got " + word);
    return program(words, true);
  }

  private static long number(Iterator<String> words) {
    if (!words.hasNext()) throw new IllegalArgumentException("expected a number, got the end");
    return Long.parseLong(words.next());
  }
}
