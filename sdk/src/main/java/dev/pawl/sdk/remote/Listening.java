package dev.pawl.sdk.remote;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Takes in a response as text, and knows when it last heard something. */
final class Listening implements HttpResponse.BodyHandler<String> {
  private volatile long heard = System.nanoTime();

  /** In nanoseconds. */
  long silentFor() {
    return System.nanoTime() - heard;
  }

  @Override
  public HttpResponse.BodySubscriber<String> apply(HttpResponse.ResponseInfo info) {
    heard = System.nanoTime();
    HttpResponse.BodySubscriber<String> text = HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
    return new HttpResponse.BodySubscriber<>() {
      @Override
      public CompletionStage<String> getBody() {
        return text.getBody();
      }

      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        text.onSubscribe(subscription);
      }

      @Override
      public void onNext(List<ByteBuffer> bytes) {
        heard = System.nanoTime();
        text.onNext(bytes);
      }

      @Override
      public void onError(Throwable problem) {
        text.onError(problem);
      }

      @Override
      public void onComplete() {
        text.onComplete();
      }
    };
  }
}
