package dev.pawl.testbed.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes that mean nothing to the proxy. */
final class RawConversation extends Conversation {
  private final byte[] request = new byte[16 * 1024];
  private final byte[] answer = new byte[16 * 1024];

  @Override
  byte @Nullable [] readRequest(InputStream in, OutputStream toClient) throws IOException {
    return some(in, request);
  }

  @Override
  byte @Nullable [] readAnswer(InputStream in) throws IOException {
    return some(in, answer);
  }

  private static byte @Nullable [] some(InputStream in, byte[] buffer) throws IOException {
    int count = in.read(buffer);
    return count < 0 ? null : Arrays.copyOf(buffer, count);
  }

  @Override
  boolean heard(byte[] message) {
    return false;
  }

  @Override
  Answer answered(byte[] message) {
    return Answer.GOES_ON;
  }
}
