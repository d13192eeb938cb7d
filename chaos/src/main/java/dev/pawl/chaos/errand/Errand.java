package dev.pawl.chaos.errand;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.job.NewJob;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a job does: an effect that moves an amount, once; and before it is done, what makes that hard.
 *
 * @param amount that its effect moves
 * @param fails how many attempts fail after their effect
 * @param outside it sets something going elsewhere, and is done when that is
 * @param children jobs that it brings about, each of which moves {@code amount + its number}
 * @param deadly it ends its process after its effect, once
 */
public record Errand(long amount, int fails, boolean outside, int children, boolean deadly) {
  public static final String TYPE = "chaos.errand";

  /** An errand that only has its effect. */
  public static Errand of(long amount) {
    return new Errand(amount, 0, false, 0, false);
  }

  /** @param mayKill whether it may end its process */
  public static Errand draw(SplittableRandom random, boolean mayKill) {
    return new Errand(random.nextLong(1, 1_000_000), random.nextInt(4) == 0 ? 1 : 0, random.nextInt(4) == 0,
        random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 0, mayKill && random.nextInt(25) == 0);
  }

  String text() {
    return "%d %d %b %d %b".formatted(amount, fails, outside, children, deadly);
  }

  /** Reads what {@link #text} wrote. */
  public static Errand parse(String text) {
    String[] words = text.split(" ");
    return new Errand(Long.parseLong(words[0]), Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]),
        Integer.parseInt(words[3]), Boolean.parseBoolean(words[4]));
  }

  /** How it is handed in. The budgets are so large that only what the round does to it can spend them. */
  public NewJob under(String key) {
    return Jobs.job(TYPE, key, text()).retry(new RetryTerms(BackoffProfile.FAST, 100))
        .check(new CheckTerms(Duration.ofSeconds(1), 1_000));
  }

  Errand child(int number) {
    return of(amount + number);
  }

  static String childOf(String key, int number) {
    return key + "." + number;
  }
}
