package dev.pawl.chaos.program;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a program must come to, if nothing is lost, doubled or done in another way.
 *
 * @param total its result; -1 for a program that never ends by itself
 * @param moved what its effects move in the ledger together, those of its children included
 * @param effects how many effects it has, those that take back included
 * @param booked how many rows it writes in transactions
 * @param signals name to amount: what somebody must tell it
 */
public record Answer(long total, long moved, int effects, int booked, Map<String, Long> signals) {

  public static Answer to(List<Op> program) {
    var count = new Count();
    long total = count.all(program);
    return new Answer(count.endless ? -1 : total, count.moved, count.effects, count.booked, count.signals);
  }

  public boolean endless() {
    return total < 0;
  }

  private static final class Count {
    private long moved;
    private int effects;
    private int booked;
    private boolean endless;
    private final Map<String, Long> signals = new LinkedHashMap<>();

    private long all(List<Op> program) {
      return program.stream().mapToLong(this::one).sum();
    }

    private long one(Op op) {
      return switch (op) {
        case Op.Carry o -> o.amount();
        case Op.Pay o -> effect(o.amount());
        case Op.Charge o -> effect(o.amount());
        case Op.Toil o -> effect(o.amount());
        case Op.Deadly o -> effect(o.amount());
        case Op.Book o -> {
          booked++;
          yield o.amount();
        }
        case Op.Await o -> {
          signals.put(o.name(), o.amount());
          yield o.amount();
        }
        case Op.Undo o -> {
          effects += 4;
          yield 0;
        }
        case Op.Child o -> all(o.program());
        case Op.Beside o -> o.branches().stream().mapToLong(this::all).sum();
        case Op.Note o -> o.amount();
        case Op.Expire o -> o.amount();
        case Op.Tell o -> o.amount();
        case Op.CallOff o -> o.amount();
        case Op.Patch o -> o.amount();
        case Op.Forever o -> {
          endless = true;
          yield 0;
        }
        case Op.Sleep o -> 0;
        case Op.Show o -> 0;
        case Op.Again o -> 0;
      };
    }

    private long effect(long amount) {
      effects++;
      moved += amount;
      return amount;
    }
  }
}
