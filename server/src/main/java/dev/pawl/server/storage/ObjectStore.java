package dev.pawl.server.storage;

import java.io.IOException;

/** A place for bytes under keys. Keys are paths of plain segments. */
interface ObjectStore {
  /** Writes an object, or writes it again. */
  void put(String key, byte[] bytes) throws IOException;

  /** @throws IOException it is not there, cannot be read, or is larger than {@code most} bytes */
  byte[] get(String key, long most) throws IOException;

  /** Nothing happens if it is not there. */
  void delete(String key) throws IOException;

  /** How others call the object. */
  String uri(String key);

  /** The key of what others call so. @throws IOException it is not in here */
  String key(String uri) throws IOException;
}
