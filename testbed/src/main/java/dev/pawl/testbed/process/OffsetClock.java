package dev.pawl.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * The system's clock, moved. The offset lies in a file that several processes map, so a change is seen by the next
 * {@link #instant} of every one of them, at no cost.
 *
 * <p>A process is told by {@link JavaProcess.Recipe#clock}, or by hand with the system property {@value #PROPERTY}; in it
 * {@link #ofThisProcess} gives the clock to hand to whatever takes an {@link InstantSource}.
 */
public final class OffsetClock implements InstantSource {
  /** Names the file. */
  public static final String PROPERTY = "pawl.clock";

  private final Path file;
  private final MappedByteBuffer micros;

  private OffsetClock(Path file) throws IOException {
    this.file = file;
    try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
        StandardOpenOption.WRITE)) {
      micros = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    }
  }

  /** The clock whose offset lies in this file; the file is made if it is not there, with an offset of zero. */
  public static OffsetClock in(Path file) {
    try {
      return new OffsetClock(file);
    } catch (IOException e) {
      throw new UncheckedIOException("expected a file for a clock's offset: " + file, e);
    }
  }

  /** The clock that this process was started with; the system's if it was not told of any. */
  public static InstantSource ofThisProcess() {
    String file = System.getProperty(PROPERTY);
    return file == null ? InstantSource.system() : in(Path.of(file));
  }

  public Path file() {
    return file;
  }

  /** How far ahead of the system's clock it is; behind, if negative. */
  public Duration offset() {
    return Duration.of(micros.getLong(0), ChronoUnit.MICROS);
  }

  /** Jumps, in every process that uses the file. Microseconds; what is finer is cut off. */
  public void set(Duration offset) {
    micros.putLong(0, TimeUnit.MICROSECONDS.convert(offset));
  }

  @Override
  public Instant instant() {
    return InstantSource.system().instant().plus(offset());
  }
}
