package dev.pawl.sdk.remote;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The addresses of servers, and which of them is asked first: the one that answered last. */
final class Servers {
  private final List<URI> bases;
  private final AtomicInteger preferred = new AtomicInteger();

  /** @throws IllegalArgumentException if one of them is none, or there are none */
  Servers(List<URI> addresses) {
    if (addresses.isEmpty()) throw new IllegalArgumentException("expected the address of a server, got none");
    List<URI> all = new ArrayList<>();
    for (URI address : addresses) {
      String scheme = String.valueOf(address.getScheme());
      if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
        throw new IllegalArgumentException("expected http://host or https://host, got '%s'".formatted(address));
      }
      if (address.getUserInfo() != null || address.getQuery() != null || address.getFragment() != null) {
        throw new IllegalArgumentException("expected an address without credentials and query, got '%s'"
            .formatted(address.getHost()));
      }
      String text = address.toString();
      all.add(URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text));
    }
    bases = List.copyOf(all);
  }

  int count() {
    return bases.size();
  }

  /** Number of the server to ask; any number of them in a row are different ones. */
  int first() {
    return preferred.get();
  }

  URI at(int number) {
    return bases.get(Math.floorMod(number, bases.size()));
  }

  /** This one did not answer: the next one comes first, unless somebody moved on already. */
  void leave(int number) {
    preferred.compareAndSet(number, number + 1);
  }

  @Override
  public String toString() {
    return bases.toString();
  }
}
