package dev.pawl.sdk.remote;

import dev.pawl.core.task.SessionId;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request with several calls, and its answer while it comes in. */
final class Bundle implements HttpResponse.BodyHandler<String> {
  static final String MEDIA = "application/x-ndjson";

  private final List<Part> parts;
  private final Runnable heard;
  private final Consumer<Bundle> over;
  private final AtomicBoolean wasHeard = new AtomicBoolean();
  private volatile long word = System.nanoTime();
  private volatile @Nullable CompletableFuture<HttpResponse<String>> coming;
  private volatile boolean brokenOff;

  /** @param heard told once, when the server shows that it has the request, or it turns out that it never will */
  Bundle(List<Part> parts, Runnable heard, Consumer<Bundle> over) {
    this.parts = parts;
    this.heard = heard;
    this.over = over;
  }

  /** The calls, a line for each. */
  String body() {
    StringBuilder lines = new StringBuilder();
    for (Part part : parts) lines.append(part.ask.operation()).append(' ').append(part.ask.body()).append('\n');
    return lines.toString();
  }

  void is(CompletableFuture<HttpResponse<String>> coming) {
    this.coming = coming;
    if (brokenOff) coming.cancel(true);
  }

  /** How long there was no word, in nanoseconds. */
  long silentFor() {
    return System.nanoTime() - word;
  }

  /** Nobody waits for the rest of the answer. */
  void breakOff() {
    brokenOff = true;
    CompletableFuture<?> response = coming;
    if (response != null) response.cancel(true);
  }

  /** Ends the unanswered polls of a session. @return whether there were any */
  boolean abort(SessionId session) {
    boolean any = false;
    for (Part part : parts) any |= part.abort(session);
    return any;
  }

  /** What is unanswered yet has this for an answer. */
  void ends(Said rest) {
    for (Part part : parts) part.said.complete(rest);
    over.accept(this);
    wasHeard();
  }

  /** The end of an answer that came with good status, or with another one. */
  void ends(HttpResponse<String> response) {
    ends(isMine(response.statusCode(), response.headers())
        ? new Said.Nothing(new IOException("an answer of %s broke off".formatted(response.uri())), true)
        : Said.of(response));
  }

  private static boolean isMine(int status, HttpHeaders headers) {
    return status == 200 && headers.firstValue("Content-Type").orElse("").startsWith(MEDIA);
  }

  private void wasHeard() {
    if (wasHeard.compareAndSet(false, true)) heard.run();
  }

  // ---- the answer

  @Override
  public HttpResponse.BodySubscriber<String> apply(HttpResponse.ResponseInfo info) {
    word = System.nanoTime();
    wasHeard();
    return isMine(info.statusCode(), info.headers())
        ? new Lines()
        : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
  }

  /** A line: the number of a call, its status, seconds until it may be asked again, its answer */
  private void line(byte[] bytes, int from, int to) {
    int number = indexOf(bytes, from, to);
    int status = indexOf(bytes, number + 1, to);
    int pause = indexOf(bytes, status + 1, to);
    Part part = parts.get(Integer.parseInt(text(bytes, from, number)));
    part.said.complete(Said.of(Integer.parseInt(text(bytes, number + 1, status)), text(bytes, pause + 1, to),
        text(bytes, status + 1, pause), part.ask.operation()));
  }

  private static int indexOf(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) if (bytes[i] == ' ') return i;
    throw new IllegalArgumentException("a line without an answer");
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private final class Lines implements HttpResponse.BodySubscriber<String> {
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private byte[] bytes = new byte[4096];
    private int size;
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<String> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
      subscription = to;
      to.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> came) {
      word = System.nanoTime();
      int scanned = size;
      for (ByteBuffer one : came) {
        int more = one.remaining();
        if (size + more > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        one.get(bytes, size, more);
        size += more;
      }
      int from = 0;
      try {
        for (int at = scanned; at < size; at++) {
          if (bytes[at] != '\n') continue;
          if (at > from) line(bytes, from, at);
          from = at + 1;
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        // Whatever speaks there is no server: the calls are unanswered.
        Flow.Subscription all = subscription;
        if (all != null) all.cancel();
        body.completeExceptionally(new IOException("an answer that cannot be read", e));
        return;
      }
      System.arraycopy(bytes, from, bytes, 0, size - from);
      size -= from;
    }

    @Override
    public void onError(Throwable problem) {
      body.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
      body.complete("");
    }
  }
}
