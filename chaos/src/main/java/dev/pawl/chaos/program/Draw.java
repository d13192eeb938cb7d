package dev.pawl.chaos.program;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws programs: the same seed gives the same programs, for ever. */
public final class Draw {
  private static final int DEEPEST = 2;

  private final SplittableRandom random;
  /** Whether processes may be ended by what they run. */
  private final boolean deadly;
  private int signals;

  public Draw(SplittableRandom random, boolean deadly) {
    this.random = random;
    this.deadly = deadly;
  }

  /** A program that ends by itself when it has got its signals. */
  public List<Op> program() {
    signals = 0;
    var program = new ArrayList<Op>();
    int parts = 1 + random.nextInt(3);
    for (int part = 1; part <= parts; part++) {
      program.addAll(block(0));
      if (part < parts) program.add(random.nextInt(3) == 0 ? new Op.Again() : new Op.Show());
    }
    if (random.nextInt(4) == 0) program.add(new Op.Show());
    return program;
  }

  /** A program that has to be stopped. */
  public List<Op> endless() {
    var program = new ArrayList<>(program());
    program.add(new Op.Forever());
    return program;
  }

  private List<Op> block(int depth) {
    var block = new ArrayList<Op>();
    int length = 1 + random.nextInt(depth == 0 ? 4 : 3);
    for (int i = 0; i < length; i++) block.add(op(depth));
    return block;
  }

  private Op op(int depth) {
    long amount = 1 + random.nextInt(1_000_000);
    boolean mayNest = depth < DEEPEST;
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> new Op.Pay(amount, random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0, pause());
      case 4, 5, 6 -> new Op.Charge(amount, random.nextInt(5) == 0 ? 1 : 0);
      case 7 -> new Op.Toil(amount, 100 + random.nextInt(1_500));
      case 8 -> deadly && random.nextInt(4) == 0 ? new Op.Deadly(amount) : new Op.Pay(amount, 0, 0);
      case 9 -> new Op.Book(amount);
      case 10 -> new Op.Note(amount);
      case 11, 12 -> new Op.Sleep(1 + random.nextInt(400));
      // Signals go to the program itself, not to its children.
      case 13, 14 -> depth == 0 ? new Op.Await("s" + ++signals, amount) : new Op.Sleep(1 + random.nextInt(100));
      case 15 -> new Op.Expire(1 + random.nextInt(200), amount);
      case 16, 17 -> mayNest ? new Op.Child(block(depth + 1)) : new Op.Note(amount);
      case 18 -> new Op.Tell(amount);
      case 19, 20 -> mayNest ? beside(depth) : new Op.Pay(amount, 0, 0);
      case 21 -> new Op.Undo(amount);
      case 22 -> new Op.CallOff(amount);
      default -> new Op.Patch(amount);
    };
  }

  private int pause() {
    return random.nextBoolean() ? 5 : 150;
  }

  private Op beside(int depth) {
    var branches = new ArrayList<List<Op>>();
    for (int left = 2 + random.nextInt(2); left > 0; left--) branches.add(block(depth + 1));
    return new Op.Beside(branches);
  }
}
