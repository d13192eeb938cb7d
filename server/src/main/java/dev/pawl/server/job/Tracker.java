package dev.pawl.server.job;

import dev.pawl.core.job.OperatorPapers.Standing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks over HTTP whether a ticket is open. What its answers mean for a transition is decided by the rules. */
public interface Tracker {
  /** There is no tracker. */
  Tracker NONE = ticket -> Standing.NOT_ASKED;

  Standing standing(String ticket);

  /**
   * A tracker that answers 200 for an open ticket, 404 or 410 for one that is closed or unknown; everything else, and no
   * answer within three seconds, means that it cannot tell.
   *
   * @param address with {@code {ticket}} in it; null: none
   * @param token shown as a bearer token; null: none
   */
  static Tracker at(@Nullable String address, @Nullable String token) {
    return address == null ? NONE : new OverHttp(address, token);
  }

  /** See {@link #at}. */
  final class OverHttp implements Tracker {
    private static final Logger LOG = LoggerFactory.getLogger(Tracker.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** Nothing else is put into an address; the rules refuse it as no ticket. */
    private static final Pattern TICKET = Pattern.compile("[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}");

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String address;
    private final @Nullable String token;

    OverHttp(String address, @Nullable String token) {
      this.address = address;
      this.token = token;
    }

    @Override
    public Standing standing(String ticket) {
      if (!TICKET.matcher(ticket).matches()) return Standing.NOT_ASKED;
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.replace("{ticket}", ticket)))
          .timeout(PATIENCE).GET();
      if (token != null) request.header("Authorization", "Bearer " + token);
      try {
        int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        return switch (status) {
          case 200 -> Standing.OPEN;
          case 404, 410 -> Standing.NOT_OPEN;
          default -> unreachable(ticket, "status " + status);
        };
      } catch (IOException e) {
        return unreachable(ticket, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return unreachable(ticket, "interrupted");
      }
    }

    private static Standing unreachable(String ticket, String why) {
      LOG.warn("ticket {} could not be looked up: {}", ticket, why);
      return Standing.UNREACHABLE;
    }
  }
}
