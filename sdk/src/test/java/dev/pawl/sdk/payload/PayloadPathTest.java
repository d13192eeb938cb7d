package dev.pawl.sdk.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadPathTest {
  private static final byte[] OLD = bytes(1);
  private static final byte[] NEW = bytes(2);

  @TempDir Path folder;

  private static byte[] bytes(long seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return key;
  }

  private PayloadPath everything() {
    return PayloadPath.json()
        .with(Compression.gzip(100))
        .with(Encryption.aes256gcm(KeyRing.of("k1", Map.of("k1", OLD))))
        .with(Offload.to(new FolderBlobs(folder), 2000));
  }

  @Test
  void everyPayloadComesBackByteForByte() {
    PayloadPath path = everything();
    Random random = new Random(5);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(4000)];
      if (random.nextBoolean()) random.nextBytes(bytes);
      else Arrays.fill(bytes, (byte) random.nextInt());
      Payload plain = Payload.of(random.nextBoolean() ? "json" : "bytes", bytes);
      Payload coded = path.encode(plain);
      assertThat(path.decode(coded)).isEqualTo(plain);
      assertThat(coded).isNotEqualTo(plain);
    }
  }

  @Test
  void thePayloadTellsHowToReadIt() {
    PayloadPath path = everything();
    assertThat(path.toPayload("small", String.class).codec()).isEqualTo("json+aes256gcm:k1");
    assertThat(path.toPayload("a".repeat(500), String.class).codec()).isEqualTo("json+gzip+aes256gcm:k1");
    byte[] noise = new byte[3000];
    new Random(1).nextBytes(noise);
    Payload large = path.toPayload(noise, byte[].class);
    assertThat(large.codec()).isEqualTo("bytes+aes256gcm:k1+blob");
    assertThat(large.size()).isEqualTo(64);
    assertThat(path.fromPayload(large, byte[].class)).isEqualTo(noise);
  }

  @Test
  void settingsMayChangeAndWhatWasWrittenIsStillRead() {
    Payload before = everything().toPayload("a".repeat(500), String.class);
    PayloadPath now = PayloadPath.json()
        .with(Encryption.aes256gcm(KeyRing.of("k2", Map.of("k1", OLD, "k2", NEW))))
        .with(Compression.gzip());
    assertThat(now.fromPayload(before, String.class)).isEqualTo("a".repeat(500));
    assertThat(now.toPayload("x", String.class).codec()).isEqualTo("json+aes256gcm:k2");
    PayloadPath without = PayloadPath.json()
        .stillReading(Encryption.aes256gcm(KeyRing.of("k1", Map.of("k1", OLD))))
        .stillReading(Compression.gzip());
    assertThat(without.fromPayload(before, String.class)).isEqualTo("a".repeat(500));
    assertThat(without.toPayload("x", String.class)).isEqualTo(Payload.json("\"x\""));
  }

  @Test
  void aKeyThatIsNotHereIsNamed() {
    Payload before = everything().toPayload("x", String.class);
    PayloadPath rotated = PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k2", Map.of("k2", NEW))));
    assertThatThrownBy(() -> rotated.fromPayload(before, String.class)).isInstanceOf(PayloadException.class)
        .hasMessage("the key 'k1' is not among the keys of this process");
    PayloadPath wrong = PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k1", Map.of("k1", NEW))));
    assertThatThrownBy(() -> wrong.fromPayload(before, String.class)).isInstanceOf(PayloadException.class)
        .hasMessageContaining("not encrypted with the key 'k1' that is here");
    assertThatThrownBy(() -> PayloadPath.json().fromPayload(before, String.class)).isInstanceOf(PayloadException.class)
        .hasMessageContaining("'json+aes256gcm:k1' needs the codec 'aes256gcm'");
  }

  @Test
  void everyChangedBitIsNoticed() {
    PayloadPath path = PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k1", Map.of("k1", OLD, "k2", OLD))));
    Payload coded = path.toPayload("a secret", String.class);
    byte[] bytes = coded.bytes();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> path.decode(Payload.of(coded.codec(), changed))).isInstanceOf(PayloadException.class);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> path.decode(Payload.of(coded.codec(), cut))).isInstanceOf(PayloadException.class);
    }
    // The same key under another name, or another codec below: relabelled, so refused.
    assertThatThrownBy(() -> path.decode(Payload.of("json+aes256gcm:k2", bytes))).isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> path.decode(Payload.of("bytes+aes256gcm:k1", bytes))).isInstanceOf(PayloadException.class);
  }

  @Test
  void theSameValueNeverGivesTheSameBytesUnderEncryption() {
    PayloadPath path = PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k1", Map.of("k1", OLD))));
    Set<Payload> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) seen.add(path.toPayload("x", String.class));
    assertThat(seen).hasSize(1000);
  }

  @Test
  void whatDoesNotFitIsACatchableFailure() {
    byte[] noise = new byte[Payload.MAX_BYTES + 1];
    new Random(1).nextBytes(noise);
    assertThatThrownBy(() -> PayloadPath.json().toPayload(noise, byte[].class))
        .isInstanceOfSatisfying(PayloadTooLargeException.class, e -> {
          assertThat(e.bytes()).isEqualTo(Payload.MAX_BYTES + 1);
          assertThat(e.limit()).isEqualTo(Payload.MAX_BYTES);
        });
    assertThat(PayloadPath.json().toPayload(Arrays.copyOf(noise, Payload.MAX_BYTES), byte[].class).size())
        .isEqualTo(Payload.MAX_BYTES);
    assertThat(everything().fromPayload(everything().toPayload(noise, byte[].class), byte[].class)).isEqualTo(noise);
    assertThat(PayloadPath.json().with(Compression.gzip()).toPayload("a".repeat(5_000_000), String.class).size())
        .isLessThan(10_000);
  }

  @Test
  void aBombIsNotUnpacked() throws IOException {
    var packed = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(packed)) {
      for (int i = 0; i < 70; i++) gzip.write(new byte[1 << 20]);
    }
    PayloadPath path = PayloadPath.json().with(Compression.gzip());
    assertThatThrownBy(() -> path.decode(Payload.of("json+gzip", packed.toByteArray())))
        .isInstanceOf(PayloadException.class).hasMessageContaining("unpacks to more than");
    assertThatThrownBy(() -> path.decode(Payload.of("json+gzip", new byte[] {1, 2, 3})))
        .isInstanceOf(PayloadException.class).hasMessageContaining("can't be unpacked");
    Payload onion = Payload.of("bytes", new byte[2000]);
    PayloadPath eager = PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k", Map.of("k", OLD))));
    for (int i = 0; i < 20; i++) onion = eager.encode(onion);
    Payload coded = onion;
    assertThatThrownBy(() -> eager.decode(coded)).isInstanceOf(PayloadException.class).hasMessageContaining("layers");
  }

  @Test
  void blobsAreFilesNamedByTheirContent() throws IOException {
    PayloadPath path = PayloadPath.json().with(Offload.to(new FolderBlobs(folder), 100));
    Payload one = path.toPayload("x".repeat(200), String.class);
    assertThat(path.toPayload("x".repeat(200), String.class)).isEqualTo(one);
    List<Path> files = files();
    assertThat(files).hasSize(1);
    assertThat(files.getFirst().getFileName().toString()).isEqualTo(one.text());
    assertThat(Files.readString(files.getFirst())).isEqualTo("\"" + "x".repeat(200) + "\"");

    Files.writeString(files.getFirst(), "changed");
    assertThatThrownBy(() -> path.decode(one)).isInstanceOf(PayloadException.class).hasMessageContaining("was changed");
    path.toPayload("x".repeat(200), String.class);
    assertThat(path.fromPayload(one, String.class)).as("stored again, because the size was wrong").isEqualTo("x".repeat(200));
    Files.delete(files.getFirst());
    assertThatThrownBy(() -> path.decode(one)).isInstanceOf(PayloadException.class).hasMessageContaining("not in the store");
  }

  @Test
  void aPayloadCannotLeadOutOfTheFolder() throws IOException {
    Files.writeString(folder.resolve("secret"), "s");
    PayloadPath path = PayloadPath.json().with(Offload.to(new FolderBlobs(folder.resolve("blobs")), 100));
    for (String name : List.of("../secret", "/etc/hostname", "", "ab", "A".repeat(64))) {
      assertThatThrownBy(() -> path.decode(Payload.of("json+blob", name.getBytes())))
          .isInstanceOf(PayloadException.class).hasMessageContaining("no name of a blob");
    }
  }

  @Test
  void manyWritersOfTheSameBlobLeaveOneWholeFile() throws Exception {
    PayloadPath path = PayloadPath.json().with(Offload.to(new FolderBlobs(folder), 100));
    try (var threads = Executors.newFixedThreadPool(8)) {
      Callable<Payload> write = () -> path.toPayload("y".repeat(50_000), String.class);
      var all = threads.invokeAll(Collections.nCopies(64, write));
      for (var one : all) assertThat(path.fromPayload(one.get(), String.class)).isEqualTo("y".repeat(50_000));
    }
    assertThat(files()).hasSize(1);
  }

  @Test
  void aBlobStoreThatFailsIsToldAsSuch() {
    BlobStore down = new BlobStore() {
      @Override
      public void put(String name, byte[] bytes) throws IOException {
        throw new IOException("disk full");
      }

      @Override
      public java.util.Optional<byte[]> get(String name) throws IOException {
        throw new IOException("unreachable");
      }
    };
    PayloadPath path = PayloadPath.json().with(Offload.to(down, 64));
    assertThatThrownBy(() -> path.toPayload("x".repeat(100), String.class)).isInstanceOf(PayloadException.class)
        .hasMessageContaining("disk full");
    assertThatThrownBy(() -> path.decode(Payload.of("json+blob", "0".repeat(64).getBytes())))
        .isInstanceOf(PayloadException.class).hasMessageContaining("unreachable");
  }

  @Test
  void wrongSettingsAreRefusedAtOnce() {
    assertThatThrownBy(() -> KeyRing.of("k", Map.of("other", OLD))).hasMessageContaining("'k' is not among");
    assertThatThrownBy(() -> KeyRing.of("k", Map.of("k", new byte[16]))).hasMessageContaining("expected 32 bytes, got 16");
    assertThatThrownBy(() -> KeyRing.of("a+b", Map.of("a+b", OLD))).hasMessageContaining("'a+b'");
    assertThat(KeyRing.of("k", Map.of("k", OLD)).toString()).isEqualTo("keys [k], current k");
    assertThatThrownBy(() -> PayloadPath.json().with(Compression.gzip()).with(Compression.gzip()))
        .hasMessageContaining("two codecs");
    assertThatThrownBy(() -> Offload.to(new FolderBlobs(folder), Payload.MAX_BYTES + 1)).hasMessageContaining("threshold");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
