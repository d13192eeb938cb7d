package dev.pawl.core.job;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The contract's matrix as data, and the smallest machine that can carry it out. Written from the contract's table; it
 * shares nothing with the rules it is compared to but the names of events. Times are milliseconds.
 */
final class MatrixModel {
  static final List<String> COLUMNS =
      List.of("SCHEDULED", "READY", "READY+L", "AWAITING", "AWAITING+L", "HELD", "terminal");

  /** x: 4095. =: nothing changes. A number: refused with it. Otherwise a verb of {@link #carryOut}. */
  private static final String MATRIX = """
      DUE               | due         | =           | =                    | =                     | =                     | =           | x
      GRANT             | x           | grant       | x                    | grant                 | x                     | x           | x
      RENEW             | 4093        | 4093        | extend               | 4093                  | extend                | 4093        | 4093
      OK                | x           | x           | succeed              | x                     | x                     | x           | x
      OK_EXTERNAL       | x           | x           | await                | x                     | x                     | x           | x
      CHECK_OK          | x           | x           | x                    | x                     | succeed               | x           | x
      CHECK_PENDING     | x           | x           | x                    | x                     | check                 | x           | x
      CHECK_REJECTED    | x           | x           | x                    | x                     | retry VERIFY_REJECTED | x           | x
      ERR_RETRY         | x           | x           | retry ATTEMPTS_EXHAUSTED | x                 | check                 | x           | x
      ERR_FATAL         | x           | x           | fail                 | x                     | fail                  | x           | x
      ABANDON           | x           | x           | again                | x                     | again                 | x           | x
      LEASE_EXPIRED     | x           | x           | lose                 | x                     | lose                  | x           | x
      NODE_LOST         | x           | x           | lose                 | x                     | lose                  | x           | x
      LEASE_UNLISTED    | x           | x           | lose                 | x                     | lose                  | x           | x
      EXEC_TIMEOUT      | x           | x           | retry EXEC_TIMEOUT   | x                     | check                 | x           | x
      PROGRESS_TIMEOUT  | x           | x           | retry EXEC_TIMEOUT   | x                     | check                 | x           | x
      CANCEL_GRACE_OVER | x           | x           | evict                | x                     | evict                 | x           | x
      DEADLINE          | bury DEADLINE | bury DEADLINE | late             | bury DEADLINE         | late                  | bury DEADLINE | x
      CALLBACK_OK       | x           | x           | x                    | succeed               | succeed               | x           | repeated
      CALLBACK_REJECTED | x           | x           | x                    | retry VERIFY_REJECTED | retry VERIFY_REJECTED | x           | x
      CANCEL            | cancel      | cancel      | unwanted             | cancel                | unwanted              | cancel      | =
      HOLD_EXPIRED      | x           | x           | x                    | x                     | x                     | back        | x
      AUTO_REDRIVE      | x           | x           | x                    | x                     | x                     | x           | policy
      GIVE_UP           | bury STORE_RELATED | bury STORE_RELATED | x      | bury STORE_RELATED    | x                     | x           | x
      HOLD              | hold        | hold        | 4099                 | hold                  | 4099                  | =           | x
      RELEASE           | x           | x           | x                    | x                     | x                     | release     | x
      FORCE_REVOKE      | x           | x           | again                | x                     | again                 | x           | x
      FORCE_FAIL        | fail        | fail        | 4099                 | fail                  | 4099                  | fail        | x
      FORCE_DEAD_LETTER | bury OPS    | bury OPS    | 4099                 | bury OPS              | 4099                  | bury OPS    | x
      FORCE_SUCCEED     | succeed     | succeed     | 4099                 | succeed               | 4099                  | succeed     | x
      REDRIVE           | x           | x           | x                    | x                     | x                     | x           | redrive
      """;

  private static final List<String> NODE_WRITES =
      List.of("RENEW", "OK", "OK_EXTERNAL", "CHECK_OK", "CHECK_PENDING", "CHECK_REJECTED", "ERR_RETRY", "ERR_FATAL",
          "ABANDON");
  private static final List<String> REVOCATIONS =
      List.of("LEASE_EXPIRED", "NODE_LOST", "LEASE_UNLISTED", "EXEC_TIMEOUT", "PROGRESS_TIMEOUT", "CANCEL_GRACE_OVER");

  private static final Map<String, String[]> ROWS = rows();

  private static Map<String, String[]> rows() {
    Map<String, String[]> rows = new HashMap<>();
    for (String line : MATRIX.lines().toList()) {
      String[] cells = Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new);
      rows.put(cells[0], Arrays.copyOfRange(cells, 1, 8));
    }
    return rows;
  }

  /** One thing that happens; what an event does not use is ignored. */
  record Stimulus(String event, long epoch, boolean byHolder, String digest, long wish, boolean ownExpiry,
      long holdTime, boolean progressed, long callbackEpoch) {}

  final String id;
  final String profile;
  final int maxAttempts;
  final int maxChecks;
  final long poll;
  final long leaseTimeout;
  final long progressTimeout;
  final long executionTimeout;
  final long notBefore;

  String phase;
  String prev;
  boolean leased;
  long epoch;
  int attempt = 1;
  int losses;
  int checks;
  int redrives;
  boolean cancel;
  long cancelAt;
  boolean late;
  long visible;
  long resume;
  long deadline;
  String cause;
  long endedAt;
  String resultDigest;
  long expires;
  long executionEnd;
  long progressAt;
  long externalEpoch;
  final Map<Long, String> committed = new HashMap<>();
  final Map<Long, String> acked = new HashMap<>();
  long now;

  MatrixModel(String id, String profile, int maxAttempts, int maxChecks, long poll, long leaseTimeout,
      long progressTimeout, long executionTimeout, long notBefore, long deadline, long now) {
    this.id = id;
    this.profile = profile;
    this.maxAttempts = maxAttempts;
    this.maxChecks = maxChecks;
    this.poll = poll;
    this.leaseTimeout = leaseTimeout;
    this.progressTimeout = progressTimeout;
    this.executionTimeout = executionTimeout;
    this.notBefore = notBefore;
    this.deadline = deadline;
    phase = notBefore > now ? "SCHEDULED" : "READY";
    visible = Math.max(notBefore, now);
  }

  int column() {
    return switch (phase) {
      case "SCHEDULED" -> 0;
      case "READY" -> leased ? 2 : 1;
      case "AWAITING" -> leased ? 4 : 3;
      case "HELD" -> 5;
      default -> 6;
    };
  }

  static String cell(String event, int column) {
    return ROWS.get(event)[column];
  }

  /** Answers "changed", "same", "replayed" or the number of a refusal. */
  String apply(Stimulus s, long at) {
    now = at;
    boolean commit = NODE_WRITES.contains(s.event()) && !s.event().equals("RENEW");
    if (commit && committed.containsKey(s.epoch())) {
      return committed.get(s.epoch()).equals(s.digest()) ? "replayed " + acked.get(s.epoch()) : "4098";
    }
    String cell = cell(s.event(), column());
    if (NODE_WRITES.contains(s.event())) {
      if (s.epoch() != epoch) return "4094";
      if (leased && !s.byHolder()) return "4094";
    }
    if (REVOCATIONS.contains(s.event()) && leased && s.epoch() != epoch) return "4094";
    if (s.event().startsWith("CALLBACK") && column() / 2 * 2 + column() % 2 >= 3 && phase.equals("AWAITING")
        && s.callbackEpoch() != externalEpoch) {
      return "4094";
    }
    if (cell.equals("x")) return "4095";
    if (cell.equals("=")) return "same";
    if (cell.startsWith("4")) return cell;
    String refusal = condition(s, cell);
    if (refusal != null) return refusal;
    boolean held = leased;
    if (commit) {
      leased = false;
      if (!s.event().equals("ABANDON")) losses = 0;
    }
    if (REVOCATIONS.contains(s.event()) || s.event().equals("FORCE_REVOKE")) leased = false;
    if (s.event().startsWith("CALLBACK")) {
      leased = false;
      losses = 0;
    }
    carryOut(cell, s);
    if (commit && held) {
      committed.put(s.epoch(), s.digest());
      acked.put(s.epoch(), phase);
    }
    if (column() < 6 && !leased) cancel = false;
    return "changed";
  }

  /** What the clock or a counter has against it; null: nothing. */
  private String condition(Stimulus s, String cell) {
    return switch (s.event()) {
      case "DUE", "HOLD_EXPIRED" -> visible > now ? "same" : null;
      case "GRANT" -> visible > now ? "4095" : null;
      case "DEADLINE" -> deadline == 0 || now < deadline || late ? "same" : null;
      case "CANCEL" -> cancel ? "same" : null;
      case "LEASE_EXPIRED" -> expires != 0 && now < expires ? "same" : null;
      case "EXEC_TIMEOUT" -> now < executionEnd ? "same" : null;
      case "PROGRESS_TIMEOUT" -> now < progressAt + progressTimeout ? "same" : null;
      case "CANCEL_GRACE_OVER" -> !cancel ? "4095" : now < cancelAt + 30_000 ? "same" : null;
      case "RENEW" -> expires == 0 && !s.progressed() ? "same" : null;
      case "AUTO_REDRIVE" -> phase.equals("DEAD_LETTERED") && redrives < 3
              && List.of("LEASE_LOSSES", "EXEC_TIMEOUT", "STORE_RELATED", "UNREGISTERED_TYPE").contains(cause)
          ? null : "4095";
      case "REDRIVE" -> phase.equals("DEAD_LETTERED") || phase.equals("FAILED") ? null : "4095";
      case "CALLBACK_OK" -> cell.equals("repeated") ? (s.digest().equals(resultDigest) ? "same" : "4095") : null;
      default -> null;
    };
  }

  private void carryOut(String cell, Stimulus s) {
    String[] words = cell.split(" ");
    switch (words[0]) {
      case "due" -> phase = "READY";
      case "grant" -> {
        leased = true;
        epoch++;
        expires = s.ownExpiry() ? now + leaseTimeout : 0;
        executionEnd = now + executionTimeout;
        progressAt = now;
        visible = expires == 0 ? executionEnd : Math.min(executionEnd, expires);
      }
      case "extend" -> {
        if (expires != 0) expires = now + leaseTimeout;
        if (s.progressed()) progressAt = now;
        visible = expires == 0 ? executionEnd : Math.min(executionEnd, expires);
      }
      case "succeed" -> end("SUCCEEDED", null, s.event().startsWith("FORCE") ? null : s.digest());
      case "fail" -> {
        if (late) end("DEAD_LETTERED", "DEADLINE", null);
        else end("FAILED", null, s.event().startsWith("FORCE") ? null : s.digest());
      }
      case "await" -> {
        checks = 0;
        externalEpoch = s.epoch();
        back("AWAITING", now + poll, attempt);
      }
      case "check" -> {
        checks++;
        long wish = s.event().equals("CHECK_PENDING") || s.event().equals("ERR_RETRY") ? s.wish() : 0;
        if (checks >= maxChecks) bury("VERIFY_TIMEOUT");
        else back("AWAITING", now + Math.max(poll, Math.min(wish, 1_800_000)), attempt);
      }
      case "retry" -> {
        long wish = s.event().equals("CHECK_REJECTED") || s.event().equals("ERR_RETRY") ? s.wish() : 0;
        if (attempt >= maxAttempts) bury(words[1]);
        else back("SCHEDULED", now + Math.max(backoff(attempt), Math.min(wish, 1_800_000)), attempt + 1);
      }
      case "again", "evict" -> back(phase, now, attempt);
      case "lose" -> {
        losses++;
        if (losses >= 5) bury("LEASE_LOSSES");
        else back(phase, now + lossDelay(losses), attempt);
      }
      case "bury" -> bury(words[1]);
      case "late" -> late = true;
      case "unwanted" -> {
        cancel = true;
        cancelAt = now;
      }
      case "cancel" -> end("CANCELLED", null, null);
      case "hold" -> {
        prev = phase;
        resume = visible;
        phase = "HELD";
        visible = now + s.holdTime();
      }
      case "back" -> {
        phase = prev;
        prev = null;
        visible = Math.max(now, notBefore);
      }
      case "release" -> {
        phase = prev;
        prev = null;
        visible = Math.max(now, resume);
      }
      case "policy" -> {
        long due = Math.max(now, endedAt + 900_000);
        int before = redrives;
        fresh("SCHEDULED", due);
        redrives = before + 1;
      }
      case "redrive" -> {
        if (deadline <= now) deadline = 0;
        fresh("READY", now);
        redrives = 0;
      }
      default -> throw new IllegalStateException(cell);
    }
  }

  /** Every cell that would return the task goes to CANCELLED if that was asked; a passed deadline takes the rest. */
  private void back(String to, long due, int nextAttempt) {
    if (cancel) {
      end("CANCELLED", null, null);
    } else if (late) {
      end("DEAD_LETTERED", "DEADLINE", null);
    } else {
      phase = to;
      visible = due;
      attempt = nextAttempt;
      if (!to.equals("AWAITING")) externalEpoch = 0;
    }
  }

  private void bury(String why) {
    end("DEAD_LETTERED", late ? "DEADLINE" : why, null);
  }

  private void end(String terminal, String why, String digest) {
    phase = terminal;
    cause = why;
    resultDigest = digest;
    endedAt = now;
    visible = now;
    prev = null;
    late = false;
  }

  private void fresh(String to, long due) {
    phase = to;
    visible = due;
    attempt = 1;
    losses = 0;
    checks = 0;
    externalEpoch = 0;
    cause = null;
    resultDigest = null;
  }

  private long backoff(int n) {
    return switch (profile) {
      case "none" -> 0;
      case "fast" -> jittered(new BigDecimal(1_000), new BigDecimal("2.0"), 60_000, n);
      case "standard" -> jittered(new BigDecimal(5_000), new BigDecimal("2.0"), 600_000, n);
      case "slow" -> jittered(new BigDecimal(60_000), new BigDecimal("1.5"), 1_800_000, n);
      default -> throw new IllegalStateException(profile);
    };
  }

  private long lossDelay(int n) {
    return n == 1 ? 0 : jittered(new BigDecimal(5_000), new BigDecimal("3.0"), 300_000, n - 1);
  }

  private long jittered(BigDecimal base, BigDecimal coefficient, long cap, int n) {
    return delay(id, base, coefficient, cap, n);
  }

  /** Section 7 in exact arithmetic: u = first 8 bytes of SHA-256(task id, n) / 2^64. */
  static long delay(String id, BigDecimal base, BigDecimal coefficient, long cap, int n) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(id.getBytes(StandardCharsets.UTF_8));
      sha.update(new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n});
      BigDecimal u = new BigDecimal(new BigInteger(1, Arrays.copyOf(sha.digest(), 8)))
          .divide(new BigDecimal(BigInteger.TWO.pow(64)));
      BigDecimal plain = base.multiply(coefficient.pow(n - 1)).min(new BigDecimal(cap));
      return plain.multiply(new BigDecimal("0.9").add(new BigDecimal("0.2").multiply(u)))
          .setScale(0, RoundingMode.HALF_UP).longValueExact();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "%s%s epoch %d attempt %d losses %d checks %d redrives %d cancel %s late %s visible %s cause %s".formatted(phase,
        leased ? "+L" : "", epoch, attempt, losses, checks, redrives, cancel, late, java.time.Instant.ofEpochMilli(visible), cause);
  }
}
