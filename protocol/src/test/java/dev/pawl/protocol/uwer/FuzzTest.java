package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.UwerCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Damaged documents are answered, never thrown; what is accepted after all can be written, read and stored. */
class FuzzTest {
  private static final Set<UwerCode> ANSWERS = EnumSet.of(UwerCode.KEY_MISSING, UwerCode.SCHEMA_VIOLATION,
      UwerCode.UNSAFE_DOCUMENT, UwerCode.UNSUPPORTED_VERSION, UwerCode.TOO_LARGE, UwerCode.DIGEST_MISMATCH);
  private static final byte[][] SPLINTERS = splinters("<", ">", "&", "&x;", "\"", "{", "}", "[", "]", ",", ":", "\\u0000",
      "\\", "1e999", "-", "\u0000", "\u00FF", "<!DOCTYPE x>", "<!--", "]]>", "<![CDATA[", "xmlns=\"\"", "null", "+", "9999999999999",
      "T24:00:00", "\uFEFF", "&#0;", "<?x?>", " ", "\n", "0", "Z");

  @Test
  void damagedEnvelopes() {
    int accepted = 0;
    for (int seed = 0; seed < 10_000; seed++) {
      UwerSamples samples = new UwerSamples(seed);
      byte[] document = damage(samples, samples.envelope().write().getBytes(StandardCharsets.UTF_8));
      if (answered(Envelope::read, document) instanceof Parsed.Ok<Envelope> ok) {
        accepted++;
        byte[] again = ok.value().write().getBytes(StandardCharsets.UTF_8);
        assertThat(Envelope.read(again)).isEqualTo(ok);
        if (ok.value().message() instanceof UwerMessage.Submit submit) assertThat(submit.task().spec().key()).isNotBlank();
      }
    }
    assertThat(accepted).isBetween(250, 9_750);
  }

  @Test
  void damagedXml() {
    int accepted = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      UwerSamples samples = new UwerSamples(seed);
      String xml = ((Parsed.Ok<String>) LegacyTask.write(samples.task(false))).value();
      byte[] document = damage(samples, xml.getBytes(StandardCharsets.UTF_8));
      if (answered(LegacyTask::read, document) instanceof Parsed.Ok<UwerTask> ok) {
        accepted++;
        assertThat(ok.value().spec().digest()).isEqualTo(ok.value().digest());
        // To JSON nothing is lost, whatever the XML looked like.
        String json = Envelope.of(new UUID(1, 2), new UwerMessage.Submit(ok.value())).write();
        assertThat(Envelope.read(json.getBytes(StandardCharsets.UTF_8))).isInstanceOfSatisfying(Parsed.Ok.class,
            back -> assertThat(((UwerMessage.Submit) ((Envelope) back.value()).message()).task()).isEqualTo(ok.value()));
      }
    }
    assertThat(accepted).isBetween(5, 995);
  }

  private static <T> Parsed<T> answered(Function<byte[], Parsed<T>> reader, byte[] document) {
    try {
      Parsed<T> read = reader.apply(document);
      if (read instanceof Parsed.Refused<T> no) assertThat(ANSWERS).contains(no.problem().code());
      return read;
    } catch (RuntimeException e) {
      throw new AssertionError("thrown for " + new String(document, StandardCharsets.UTF_8), e);
    }
  }

  private static byte[] damage(UwerSamples samples, byte[] document) {
    byte[] bytes = document;
    for (int times = 1 + samples.below(3); times > 0 && bytes.length > 2; times--) {
      int at = samples.below(bytes.length);
      switch (samples.below(4)) {
        case 0 -> bytes = spliced(bytes, at, at, SPLINTERS[samples.below(SPLINTERS.length)]);
        case 1 -> bytes = spliced(bytes, at, Math.min(bytes.length, at + 1 + samples.below(20)), new byte[0]);
        case 2 -> {
          bytes = bytes.clone();
          bytes[at] = (byte) (32 + samples.below(95));
        }
        default -> {
          int from = samples.below(bytes.length);
          bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + samples.below(30))));
        }
      }
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + piece.length);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(bytes, to, result, from + piece.length, bytes.length - to);
    return result;
  }

  private static byte[][] splinters(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }
}
