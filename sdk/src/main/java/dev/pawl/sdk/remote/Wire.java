package dev.pawl.sdk.remote;

import dev.pawl.core.task.SessionId;
import dev.pawl.protocol.json.Exchange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** One request and its response. HTTP/1.1: a call that is given up closes its connection, which every server notices. */
final class Wire implements AutoCloseable {
  private static final String PROTOCOL = "1";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;
  private final String token;
  private final Map<SessionId, Set<Poll>> polls = new ConcurrentHashMap<>();

  /** A poll that waits for its answer. */
  private static final class Poll {
    final CompletableFuture<?> coming;
    volatile boolean aborted;

    Poll(CompletableFuture<?> coming) {
      this.coming = coming;
    }
  }

  Wire(RemoteSettings settings) {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads)
        .connectTimeout(settings.connecting).followRedirects(HttpClient.Redirect.NEVER);
    if (settings.tls != null) builder.sslContext(settings.tls);
    http = builder.build();
    token = settings.token;
  }

  /** @param silence a server that says nothing for so long is given up */
  Said send(URI server, Exchange.Ask ask, Duration silence) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/api/sdk/" + ask.operation()))
        .header("Content-Type", "application/json").header("X-Pawl-Sdk-Protocol", PROTOCOL)
        .POST(HttpRequest.BodyPublishers.ofString(ask.body()));
    if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
    Listening listening = new Listening();
    CompletableFuture<HttpResponse<String>> coming = http.sendAsync(request.build(), listening);
    Poll poll = new Poll(coming);
    SessionId session = ask.session();
    if (session != null) polls.computeIfAbsent(session, key -> ConcurrentHashMap.newKeySet()).add(poll);
    try {
      return Said.of(await(coming, listening, silence));
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      return new Said.Nothing(e, true);
    } catch (CancellationException e) {
      return poll.aborted ? new Said.Aborted() : new Said.Nothing(e, true);
    } catch (TimeoutException e) {
      coming.cancel(true);
      return new Said.Nothing(new HttpTimeoutException("no word for " + silence), true);
    } catch (ExecutionException e) {
      if (poll.aborted) return new Said.Aborted();
      Throwable problem = e.getCause() == null ? e : e.getCause();
      return new Said.Nothing(problem, !unsent(problem));
    } finally {
      if (session != null) forget(session, poll);
    }
  }

  private static HttpResponse<String> await(CompletableFuture<HttpResponse<String>> coming, Listening listening,
      Duration silence) throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      long rest = silence.toNanos() - listening.silentFor();
      if (rest <= 0) throw new TimeoutException();
      try {
        return coming.get(rest, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // There may have been a word meanwhile.
      }
    }
  }

  /** Whether the problem came up before anything of the call can have left. */
  private static boolean unsent(Throwable problem) {
    for (Throwable one = problem; one != null; one = one.getCause()) {
      if (one instanceof ConnectException || one instanceof HttpConnectTimeoutException
          || one instanceof UnresolvedAddressException || one instanceof SSLHandshakeException) {
        return true;
      }
    }
    return !(problem instanceof IOException);
  }

  private void forget(SessionId session, Poll poll) {
    polls.computeIfPresent(session, (key, open) -> {
      open.remove(poll);
      return open.isEmpty() ? null : open;
    });
  }

  /** Ends the polls of a session, whose answers nobody wants any more. */
  void abort(SessionId session) {
    Set<Poll> open = polls.get(session);
    if (open == null) return;
    for (Poll poll : open) {
      poll.aborted = true;
      poll.coming.cancel(true);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdown();
  }
}
