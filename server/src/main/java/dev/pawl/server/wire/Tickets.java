package dev.pawl.server.wire;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;
import dev.pawl.server.auth.Secrets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Ids of tasks on the wire: everything that has to be known when the report comes, sealed for a namespace, so that an id
 * can be neither guessed nor used in another one, on whatever node it arrives.
 */
public final class Tickets {
  private static final int SEAL = 12;
  private static final int SIZE = 1 + 16 + 4 + 4 + 8 + 8;

  private final byte[] key;

  /** @param key the same on all nodes */
  public Tickets(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  /** @param seen the last event that the worker was shown with this grant; 0 for activities */
  public record Ticket(TaskToken token, long seen) {}

  public String write(String namespace, Ticket ticket) {
    TaskToken token = ticket.token();
    ByteBuffer out = ByteBuffer.allocate(SIZE + SEAL).put((byte) 1)
        .putLong(token.run().value().getMostSignificantBits()).putLong(token.run().value().getLeastSignificantBits())
        .putInt(token.step()).putInt(token.attempt()).putLong(token.epoch()).putLong(ticket.seen());
    out.put(seal(namespace, Arrays.copyOf(out.array(), SIZE)));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  /** Empty: this is no id that was given out in this namespace. */
  public Optional<Ticket> read(String namespace, String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.length != SIZE + SEAL || bytes[0] != 1) return Optional.empty();
    byte[] seal = seal(namespace, Arrays.copyOf(bytes, SIZE));
    if (!MessageDigest.isEqual(seal, Arrays.copyOfRange(bytes, SIZE, SIZE + SEAL))) return Optional.empty();
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, SIZE - 1);
    RunId run = new RunId(new UUID(in.getLong(), in.getLong()));
    return Optional.of(new Ticket(new TaskToken(run, in.getInt(), in.getInt(), in.getLong()), in.getLong()));
  }

  private byte[] seal(String namespace, byte[] content) {
    byte[] name = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] all = ByteBuffer.allocate(content.length + name.length).put(content).put(name).array();
    return Arrays.copyOf(Secrets.mac(key, all), SEAL);
  }
}
