package dev.pawl.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * What happened in the world outside, one line each, in a file that Pawl knows nothing of. Lines are appended and
 * forced to the disk, so a killed process takes none with it.
 */
final class Journal {
  /** What a line says. */
  enum Kind {
    /** The program of a run was called from its top. */
    PROGRAM,
    /** An attempt asked the world for something. */
    ASKED,
    /** The world did it: an effect. */
    DONE,
    /** The world had done it for this key before, and did nothing. */
    KNOWN,
    /** The world refused. */
    REFUSED
  }

  /**
   * @param worker number of the worker process
   * @param what reserve, charge, ship ...
   * @param key idempotency key; the same in every attempt
   */
  record Line(Instant at, int worker, Kind kind, String what, String order, String key, String text) {
    String written() {
      return String.join("\t", at.toString(), Integer.toString(worker), kind.name(), what, order, key, text) + "\n";
    }

    static Line read(String written) {
      String[] part = written.split("\t", -1);
      return new Line(Instant.parse(part[0]), Integer.parseInt(part[1]), Kind.valueOf(part[2]), part[3], part[4],
          part[5], part[6]);
    }
  }

  private final Path file;

  Journal(Path file) {
    this.file = file;
  }

  synchronized void add(Line line) {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
        StandardOpenOption.APPEND)) {
      out.write(ByteBuffer.wrap(line.written().getBytes(UTF_8)));
      out.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All whole lines. */
  List<Line> lines() {
    try {
      if (!Files.exists(file)) return List.of();
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Line::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
