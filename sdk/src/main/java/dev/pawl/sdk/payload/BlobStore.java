package dev.pawl.sdk.payload;

import java.io.IOException;
import java.util.Optional;

/**
 * Where large payloads lie outside the database. What {@link #put} accepted must be readable by every process that may see
 * the payload, for as long as a history may refer to it: nothing in Pawl deletes blobs, because only the owner of the
 * store knows who else refers to them. Safe for any number of threads and processes.
 */
public interface BlobStore {
  /**
   * Stores bytes under the name of their content, durably: they are there when this returns. Storing them again changes
   * nothing.
   *
   * @param name lower-case hexadecimal SHA-256 of the bytes
   */
  void put(String name, byte[] bytes) throws IOException;

  /** The bytes; empty if there are none of this name. */
  Optional<byte[]> get(String name) throws IOException;
}
