package dev.pawl.examples.tenant;

import org.jspecify.annotations.Nullable;

/** For whom the calling thread works. */
public final class Tenant {
  private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

  private Tenant() {}

  public static @Nullable String current() {
    return CURRENT.get();
  }

  public static void set(String tenant) {
    CURRENT.set(tenant);
  }

  public static void clear() {
    CURRENT.remove();
  }
}
