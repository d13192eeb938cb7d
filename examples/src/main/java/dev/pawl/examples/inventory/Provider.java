package dev.pawl.examples.inventory;

import java.util.Optional;

/** A payment provider: a charge is begun now and settles some time later. */
public interface Provider {
  /** Begins a charge, once per key. @return its reference */
  String begin(String key, long cents) throws Exception;

  /** The reference of the charge that was begun under this key, if one was. */
  Optional<String> find(String key);

  boolean settled(String reference);
}
