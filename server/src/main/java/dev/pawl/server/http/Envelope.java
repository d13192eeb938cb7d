package dev.pawl.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How answers of a plane look. */
public interface Envelope {

  /** Adds what every answer of this route carries. */
  Reply wrap(Route route, Map<String, String> parameters, Reply reply);

  /** The answer to a refusal. @param route null: nobody knows which was meant */
  Reply refusal(@Nullable Route route, Map<String, String> parameters, Incoming request, Refusal refusal);

  /** Headers of every answer of a plane. */
  Map<String, String> headers(@Nullable Route route);

  /** Checks the version header. @throws Refusal if it is missing or not spoken here */
  void version(Route route, Incoming request);

  /** What an exception of the engine means on this route; a defect if it returns null. */
  @Nullable Refusal translate(Route route, RuntimeException problem);
}
