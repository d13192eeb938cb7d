package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What became of a mail.
 *
 * @param run the run that it reached; null: nobody of that name
 * @param applied false: it came too late or for nobody, and was thrown away
 */
public record Delivered(@Nullable RunId run, boolean applied) {}
