package dev.pawl.redis;

import dev.pawl.engine.hint.Hint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages of hints: a mark, the version, who tells, how many, and each hint as a letter and its names. Read with distrust:
 * anybody can write to a channel.
 */
final class HintBytes {
  private static final int MARK = 0x5041574C; // PAWL
  private static final int VERSION = 1;
  private static final int MOST_HINTS = 500;
  static final int MOST_BYTES = 1024 * 1024;

  private HintBytes() {}

  /** What a node told. */
  record Message(UUID node, List<Hint> hints) {}

  /** As many messages as are needed. */
  static List<byte[]> write(UUID node, Collection<Hint> hints) {
    List<byte[]> messages = new ArrayList<>();
    List<Hint> all = List.copyOf(hints);
    for (int from = 0; from < all.size(); from += MOST_HINTS) {
      messages.add(message(node, all.subList(from, Math.min(all.size(), from + MOST_HINTS))));
    }
    return messages;
  }

  private static byte[] message(UUID node, List<Hint> hints) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * hints.size() + 32);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MARK);
      out.writeByte(VERSION);
      out.writeLong(node.getMostSignificantBits());
      out.writeLong(node.getLeastSignificantBits());
      out.writeShort(hints.size());
      for (Hint hint : hints) write(out, hint);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a name that is too long: the engine lets none in
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Hint hint) throws IOException {
    switch (hint) {
      case Hint.WorkflowReady ready -> names(out, 'w', ready.namespace(), ready.queue(), ready.type());
      case Hint.ActivityReady ready -> names(out, 'a', ready.namespace(), ready.queue(), ready.type());
      case Hint.JobReady ready -> names(out, 'j', ready.namespace(), ready.type());
      case Hint.Changed changed -> names(out, changed.ended() ? 'e' : 'c', changed.namespace(), changed.workflowId());
    }
  }

  private static void names(DataOutputStream out, char letter, String... names) throws IOException {
    out.writeByte(letter);
    for (String name : names) out.writeUTF(name);
  }

  /** @return null if it is not a message that a node of this version would write */
  static @Nullable Message read(byte[] bytes) {
    if (bytes.length > MOST_BYTES) return null;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MARK || in.readByte() != VERSION) return null;
      UUID node = new UUID(in.readLong(), in.readLong());
      int count = in.readUnsignedShort();
      if (count > MOST_HINTS) return null;
      List<Hint> hints = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        Hint hint = hint(in);
        if (hint == null) return null;
        hints.add(hint);
      }
      return in.read() == -1 ? new Message(node, hints) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Hint hint(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 'w' -> new Hint.WorkflowReady(in.readUTF(), in.readUTF(), in.readUTF());
      case 'a' -> new Hint.ActivityReady(in.readUTF(), in.readUTF(), in.readUTF());
      case 'j' -> new Hint.JobReady(in.readUTF(), in.readUTF());
      case 'e' -> new Hint.Changed(in.readUTF(), in.readUTF(), true);
      case 'c' -> new Hint.Changed(in.readUTF(), in.readUTF(), false);
      default -> null;
    };
  }
}
