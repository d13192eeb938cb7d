package dev.pawl.testbed.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One direction of one connection: everything goes out through here, or does not. Used by one thread. */
final class Gate {
  private final FaultProxy proxy;
  private final Direction direction;
  private final OutputStream out;
  private final Map<Armed, Long> passed = new HashMap<>();
  private final Set<Armed> felt = new HashSet<>();
  /** Bytes were dropped: what came behind them would make no sense, and no network delivers it. */
  private boolean lost;

  Gate(FaultProxy proxy, Direction direction, OutputStream out) {
    this.proxy = proxy;
    this.direction = direction;
    this.out = out;
  }

  /** The connection was cut in the middle. */
  static final class Cut extends IOException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Lets bytes through as the faults allow.
   *
   * @throws Cut if the connection has to be reset now
   */
  void pass(byte[] bytes) throws IOException, InterruptedException {
    if (bytes.length == 0) return;
    for (Armed armed : proxy.active()) {
      switch (armed.fault()) {
        case Fault.Freeze freeze when freeze.direction().covers(direction) -> {
          fireOnce(armed);
          armed.awaitDisarmed();
        }
        case Fault.Delay delay when delay.direction().covers(direction) -> {
          armed.fire();
          armed.awaitDisarmed(armed.delay(delay));
        }
        default -> {}
      }
    }
    // Looked at anew: time may have passed above.
    for (Armed armed : proxy.active()) {
      switch (armed.fault()) {
        case Fault.Drop drop when drop.direction().covers(direction) -> {
          armed.fire();
          lost = true;
        }
        case Fault.Truncate truncate when truncate.direction().covers(direction) -> {
          long sofar = passed.getOrDefault(armed, 0L);
          if (sofar + bytes.length > truncate.bytes()) {
            out.write(bytes, 0, (int) (truncate.bytes() - sofar));
            out.flush();
            armed.fire();
            throw new Cut();
          }
          passed.put(armed, sofar + bytes.length);
        }
        default -> {}
      }
    }
    if (lost) return;
    out.write(bytes);
    out.flush();
  }

  /** A freeze counts once per connection and direction, not once per burst. */
  private void fireOnce(Armed armed) {
    if (felt.add(armed)) armed.fire();
  }
}
