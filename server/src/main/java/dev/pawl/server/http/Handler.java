package dev.pawl.server.http;

/** What a route does once everything about the request is in order. Blocks as long as it takes. */
@FunctionalInterface
public interface Handler {
  Reply handle(Call call) throws Exception;
}
