package dev.pawl.testbed.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a client and a server say to each other on one connection: divides the two streams into messages and finds the
 * commits. Two threads read, each its own stream; {@link #heard} and {@link #answered} are called under one lock.
 */
abstract class Conversation {

  /** A request that has not been answered completely. */
  static class Exchange {
    /** It makes writes durable, unless the server answers otherwise. */
    boolean commits;
    boolean failed;
  }

  /** Requests that went out and the one being sent, oldest first. */
  final ArrayDeque<Exchange> open = new ArrayDeque<>();

  /** What the server's message means for the oldest open request. */
  enum Answer {
    GOES_ON,
    /** It is answered, and made nothing durable. */
    ENDS,
    /** It is answered, and what it wrote is durable. */
    COMMITTED
  }

  /**
   * Reads the client's next message whole.
   *
   * @param toClient for what the proxy itself answers, before the server has said anything
   * @return null at the end of the stream
   */
  abstract byte @Nullable [] readRequest(InputStream in, OutputStream toClient) throws IOException;

  /** Whether this message, once the server has it, makes writes durable. */
  abstract boolean heard(byte[] message);

  /** Reads the server's next message whole; null at the end of the stream. */
  abstract byte @Nullable [] readAnswer(InputStream in) throws IOException;

  abstract Answer answered(byte[] message);

  /** What has to follow a commit message so that the server answers it. */
  byte[] closing() {
    return new byte[0];
  }

  /** Whether the oldest open request is a commit: its answer is delivered whole or not at all. */
  boolean answersCommit() {
    var first = open.peekFirst();
    return first != null && first.commits;
  }

  /** Reads {@code length} bytes behind the {@code head} bytes that {@code message} has; false at the stream's end. */
  static boolean fill(InputStream in, byte[] message, int head) throws IOException {
    return in.readNBytes(message, head, message.length - head) == message.length - head;
  }
}
