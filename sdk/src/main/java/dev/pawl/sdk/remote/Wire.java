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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Requests and their responses. HTTP/1.1: a call that is given up closes its connection, which every server notices. */
final class Wire implements AutoCloseable {
  private static final String PROTOCOL = "1";
  private static final String FEATURES = "X-Pawl-Sdk-Features";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;
  private final String token;
  private final @Nullable Signature signature;
  private final Map<SessionId, Set<Poll>> polls = new ConcurrentHashMap<>();
  /** By servers that take several calls at once. */
  private final Map<URI, Bundles> bundles = new ConcurrentHashMap<>();

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
    signature = settings.signatureKey.isEmpty() ? null : new Signature(settings.signatureKey);
  }

  /** @param silence a server that says nothing for so long is given up */
  Said send(URI server, Exchange.Ask ask, Duration silence) {
    Bundles together = bundles.get(server);
    return together != null && Bundles.takes(ask) ? together.send(ask, silence) : alone(server, ask, silence);
  }

  private HttpRequest request(URI server, String operation, String media, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/api/sdk/" + operation))
        .header("Content-Type", media).header("X-Pawl-Sdk-Protocol", PROTOCOL)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
    if (signature != null) request.header("X-Signature", signature.of(body));
    return request.build();
  }

  // ---- several calls at once

  /** A server said what it can beyond the first version of the protocol. */
  private void learn(URI server, HttpResponse<?> response) {
    if (bundles.containsKey(server)) return;
    List<String> features = List.of(response.headers().firstValue(FEATURES).orElse("").split(","));
    if (features.contains("bundle")) bundles.put(server, new Bundles(one -> leave(server, one)));
  }

  private void leave(URI server, Bundle bundle) {
    var coming = http.sendAsync(request(server, "bundle", Bundle.MEDIA, bundle.body()), bundle);
    bundle.is(coming);
    coming.whenComplete((response, problem) -> {
      if (problem != null) {
        Throwable why = problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        bundle.ends(new Said.Nothing(why, why instanceof CancellationException || !unsent(why)));
      } else if (response.statusCode() == 404 || response.statusCode() == 405) {
        // Another server than the one that said so: what it said does not hold any more.
        bundles.remove(server);
        bundle.ends(new Said.Nothing(new IOException(server + " takes no bundles"), false));
      } else {
        bundle.ends(response);
      }
    });
  }

  // ---- one call

  private Said alone(URI server, Exchange.Ask ask, Duration silence) {
    Listening listening = new Listening();
    CompletableFuture<HttpResponse<String>> coming = http.sendAsync(request(server, ask.operation(),
        "application/json", ask.body()), listening);
    Poll poll = new Poll(coming);
    SessionId session = ask.session();
    if (session != null) polls.computeIfAbsent(session, key -> ConcurrentHashMap.newKeySet()).add(poll);
    try {
      HttpResponse<String> response = await(coming, listening, silence);
      learn(server, response);
      return Said.of(response);
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
    bundles.values().forEach(together -> together.abort(session));
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
