package dev.pawl.examples.encryption;

import dev.pawl.sdk.payload.Compression;
import dev.pawl.sdk.payload.Encryption;
import dev.pawl.sdk.payload.FolderBlobs;
import dev.pawl.sdk.payload.KeyRing;
import dev.pawl.sdk.payload.Offload;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.payload.PayloadPath;
import java.nio.file.Path;

// tag::path[]
/** What the database gets to see: compressed, encrypted, and only a reference where it is large. */
public final class SealedPayloads {
  private SealedPayloads() {}

  /** The same for clients and workers. */
  public static PayloadConverter with(KeyRing keys, Path blobs) {
    return PayloadPath.json()
        .with(Compression.gzip())
        .with(Encryption.aes256gcm(keys))
        .with(Offload.to(new FolderBlobs(blobs)));
  }
}
// end::path[]
