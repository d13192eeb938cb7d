package dev.pawl.sdk.replay;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where in the user's code something happens. */
final class Source {
  private static final StackWalker WALKER = StackWalker.getInstance();

  private Source() {}

  /** The innermost line of the user on the calling thread. */
  static @Nullable String here() {
    return WALKER.walk(frames -> frames
        .filter(frame -> users(frame.getClassName()))
        .findFirst()
        .map(frame -> line(frame.getFileName(), frame.getLineNumber(), frame.getClassName())))
        .orElse(null);
  }

  /** The innermost line of the user on another thread, which is parked. */
  static @Nullable String of(@Nullable Thread thread) {
    if (thread == null) return null;
    Optional<StackTraceElement> found =
        Arrays.stream(thread.getStackTrace()).filter(frame -> users(frame.getClassName())).findFirst();
    return found.map(frame -> line(frame.getFileName(), frame.getLineNumber(), frame.getClassName())).orElse(null);
  }

  private static String line(@Nullable String file, int line, String type) {
    return file == null ? type : file + ":" + line;
  }

  private static boolean users(String type) {
    if (type.startsWith("dev.pawl.sdk.")) return type.endsWith("Test") || type.contains("Test$");
    return !type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")
        && !type.startsWith("kotlin.") && !type.startsWith("jdk.proxy") && !type.startsWith("com.sun.proxy");
  }
}
