package dev.pawl.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Visibility.Field;
import dev.pawl.engine.store.Visibility.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "WorkflowType = 'Order'                     | WORKFLOW_TYPE EQUAL 'Order'",
      "workflowtype='Order'                       | WORKFLOW_TYPE EQUAL 'Order'",
      "`WorkflowType` = 'Order'                   | [WorkflowType] EQUAL 'Order'",
      "WorkflowId != \"o-1\"                      | WORKFLOW_ID NOT_EQUAL 'o-1'",
      "WorkflowId <> 'o-1'                        | WORKFLOW_ID NOT_EQUAL 'o-1'",
      "Queue starts with 'pay'                    | QUEUE STARTS_WITH 'pay'",
      "Queue not starts with 'pay'                | not(QUEUE STARTS_WITH 'pay')",
      "RunId = '0195F5C2-9A1B-7C3D-8E4F-001122334455' | RUN_ID EQUAL '0195f5c2-9a1b-7c3d-8e4f-001122334455'",
      "Status = 'running'                         | STATUS EQUAL 'RUNNING'",
      "Status in ('PAUSED','BLOCKED')             | or(STATUS EQUAL 'PAUSED', STATUS EQUAL 'BLOCKED')",
      "Status not in ('FAILED')                   | not(STATUS EQUAL 'FAILED')",
      "StartedAt > '2026-01-01T00:00:00Z'         | STARTED_AT GREATER 2026-01-01T00:00:00Z",
      "StartedAt >= '2026-01-01'                  | STARTED_AT GREATER_OR_EQUAL 2026-01-01T00:00:00Z",
      "ClosedAt < timestamp '2026-01-01T01:30:00.000001+01:30' | CLOSED_AT LESS 2026-01-01T00:00:00.000001Z",
      "ClosedAt is null                           | not(CLOSED_AT GREATER_OR_EQUAL -100000-01-01T00:00:00Z)",
      "ClosedAt is not null                       | CLOSED_AT GREATER_OR_EQUAL -100000-01-01T00:00:00Z",
      "CustomerId is not null                     | has[CustomerId]",
      "CustomerId is null                         | not(has[CustomerId])",
      "Priority >= 5                              | [Priority] GREATER_OR_EQUAL 5",
      "Priority = -9223372036854775808            | [Priority] EQUAL -9223372036854775808",
      "Score<=1.5                                 | [Score] LESS_OR_EQUAL 1.5",
      "Score > +1e3                               | [Score] GREATER 1000.0",
      "Vip = true                                 | [Vip] EQUAL true",
      "Vip != FALSE                               | [Vip] NOT_EQUAL false",
      "DueAt < timestamp '2026-01-01'             | [DueAt] LESS 2026-01-01T00:00:00Z",
      "DueAt < '2026-01-01'                       | [DueAt] LESS '2026-01-01'",
      "Tag = 'it''s'                              | [Tag] EQUAL 'it's'",
      "Tag = \"say \"\"hi\"\"\"                   | [Tag] EQUAL 'say \"hi\"'",
      "Tag = 'a\\n%_*;--'                         | [Tag] EQUAL 'a\\n%_*;--'",
      "Tag = '😀 家'                              | [Tag] EQUAL '😀 家'",
      "Größe-2.x_y = 1                            | [Größe-2.x_y] EQUAL 1",
      "`and`` or` = 1                             | [and` or] EQUAL 1",
      "a=1 and b=2 or c=3 and d=4                 | or(and([a] EQUAL 1, [b] EQUAL 2), and([c] EQUAL 3, [d] EQUAL 4))",
      "a=1 and (b=2 or c=3) and d=4               | and([a] EQUAL 1, or([b] EQUAL 2, [c] EQUAL 3), [d] EQUAL 4)",
      "not a=1 and b=2                            | and(not([a] EQUAL 1), [b] EQUAL 2)",
      "not (a=1 and b=2)                          | not(and([a] EQUAL 1, [b] EQUAL 2))",
      "not not a=1                                | not(not([a] EQUAL 1))",
      "((a=1))                                    | [a] EQUAL 1",
      "a in (1, 2.5, 'x', true)                   | or([a] EQUAL 1, [a] EQUAL 2.5, [a] EQUAL 'x', [a] EQUAL true)",
      "a=1 AND NOT b=2 Or c IN (3)                | or(and([a] EQUAL 1, not([b] EQUAL 2)), [c] EQUAL 3)",
      "~   ~                                      | all",
  })
  void reads(String text, String tree) {
    assertThat(show(Query.parse(text))).isEqualTo(tree);
  }

  @Test
  void theExampleOfTheManual() {
    assertThat(show(Query.parse("""
        WorkflowType = 'Order' and Status in ('RUNNING','BLOCKED') and StartedAt > '2026-01-01T00:00:00Z'
          and not (Priority >= 5) and CustomerId starts with 'a'""")))
        .isEqualTo("and(WORKFLOW_TYPE EQUAL 'Order', or(STATUS EQUAL 'RUNNING', STATUS EQUAL 'BLOCKED'), "
            + "STARTED_AT GREATER 2026-01-01T00:00:00Z, not([Priority] GREATER_OR_EQUAL 5), "
            + "[CustomerId] STARTS_WITH 'a')");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "Status                    |  7 | expected = != < <= > >=, 'in', 'starts with' or 'is null' after Status, found the end",
      "Status =                  |  9 | expected a value after '=', found the end",
      "Status = FAILED           | 10 | expected a value; put text in quotes",
      "Status = 'SINGING'        | 10 | no status is called that; there are BLOCKED, CANCELLED, COMPLETED, CONTINUED, FAILED, PAUSED, RESET, RUNNING, TERMINATED, TIMED_OUT",
      "Status > 'FAILED'         |  8 | Status has no order; compare it with = or != or 'in'",
      "Status starts with 'F'    |  8 | Status has no order",
      "Status = 5                | 10 | Status is text; put the value in quotes",
      "RunId = 'x'               |  9 | expected a run id, such as",
      "RunId = '0195f5c2x9a1b-7c3d-8e4f-001122334455' | 9 | expected a run id",
      "Queue = true              |  9 | Queue is text",
      "Queue is null             |  1 | every run has a Queue",
      "StartedAt > 5             | 13 | StartedAt is a time; expected one",
      "StartedAt > 'yesterday'   | 13 | expected a time with its offset, such as '2026-01-31T12:00:00Z'",
      "StartedAt > '2026-01-31T12:00:00' | 13 | expected a time with its offset",
      "StartedAt > '2026-02-30'  | 13 | expected a time with its offset",
      "StartedAt > '2026-01-31T12:00:00.0000001Z' | 13 | times have microseconds",
      "StartedAt starts with '2' | 11 | StartedAt is a time",
      "StartedAt > 2026-01-31    | 17 | a number ends here; put a time or text in quotes",
      "a = 5x                    |  6 | a number ends here; put a time or text in quotes",
      "a = 1.                    |  5 | expected digits after the point",
      "a = 1e                    |  5 | expected digits in the exponent",
      "a = -                     |  5 | expected a number, such as 5, -2 or 1.5",
      "a = .5                    |  5 | expected a number, such as",
      "a = 9223372036854775808   |  5 | integers have 64 bits; write it as a real number: 9223372036854775808.0",
      "a = 1e999                 |  5 | the number is too large",
      "a starts with 5           | 15 | only text starts with something",
      "a starts 'x'              | 10 | expected 'with' after 'starts', found a string",
      "a > true                  |  3 | true and false have no order",
      "a = null                  |  5 | nothing equals null; write 'is null' or 'is not null'",
      "a is 5                    |  6 | expected 'null' or 'not null', found '5'",
      "a is not 5                | 10 | expected 'null', found '5'",
      "a not = 5                 |  7 | expected 'in' or 'starts with' after 'not', found '='",
      "a in 5                    |  6 | expected '(' and a list of values after 'in', found '5'",
      "a in ()                   |  7 | expected a value after '(', found ')'",
      "a in (1 2)                |  9 | expected ',' or ')', found '2'",
      "a in (1,                  |  9 | expected a value after '(', found the end",
      "a like 'x%'               |  3 | there is no 'like'",
      "a between 1 and 2         |  3 | there is no 'between'",
      "a = 'x                    |  5 | a string begins here and does not end; close it with '",
      "`a = 'x'                  |  1 | a name begins here and does not end; close it with `",
      "`` = 1                    |  1 | expected a name between the back quotes",
      "a == 1                    |  3 | '==' is no operator; equality is '='",
      "a =< 1                    |  3 | '=<' is no operator; there are = != < <= > >=",
      "! a = 1                   |  1 | '!' is no operator; write 'not'",
      "a = 1 && b = 2            |  7 | write 'and' instead of '&&'",
      "a = ‘x’                   |  5 | typographic quotes; write ' or \"",
      "a = 1; drop table pawl_runs    |  6 | a filter is one expression; there is no ';'",
      "a = 1 --                  |  7 | expected a number",
      "a = %                     |  5 | there are no patterns; write: Name starts with 'prefix'",
      "a = $1                    |  5 | nothing can begin with this character",
      "and a = 1                 |  1 | expected a field or a search attribute, such as Status or CustomerId, found 'and'",
      "a = 1 and                 | 10 | expected a field or a search attribute, such as Status or CustomerId, found the end",
      "a = 1 b = 2               |  7 | expected 'and', 'or' or the end, found 'b'",
      "'a' = 1                   |  1 | expected a field or a search attribute, such as Status or CustomerId, found a string",
      "(a = 1                    |  7 | expected 'and', 'or' or ')', found the end",
      "a = 1)                    |  6 | expected 'and', 'or' or the end, found ')'",
      "()                        |  2 | expected a field or a search attribute",
      "a = timestamp 5           | 15 | expected a time in quotes after 'timestamp', found '5'",
      "😀 = 1                    |  1 | nothing can begin with this character",
      "a = '😀' b                |  9 | expected 'and', 'or' or the end, found 'b'",
  })
  void showsTheMistake(String text, int position, String message) {
    RejectedException e = catchThrowableOfType(RejectedException.class, () -> Query.parse(text));
    assertThat(e).as(text).isNotNull();
    assertThat(e.code()).isEqualTo(Rejection.Code.INVALID_ARGUMENT);
    assertThat(e.rejection().field()).isEqualTo("filter");
    assertThat(e.rejection().message()).startsWith("at " + position + ": " + message);
    assertCaret(text, position, e.rejection().message());
  }

  private static void assertCaret(String text, int position, String message) {
    String[] lines = message.split("\n", -1);
    assertThat(lines).hasSize(3);
    int column = lines[2].length() - 1;
    String shown = lines[1];
    int[] under = shown.codePoints().toArray();
    int[] all = text.codePoints().toArray();
    if (position <= all.length && !Character.isISOControl(all[position - 1])) {
      assertThat(new String(under, column, 1)).isEqualTo(new String(all, position - 1, 1));
    } else {
      assertThat(column).isEqualTo(under.length);
    }
  }

  @Test
  void aCaretStandsUnderTheMistake() {
    assertThatThrownBy(() -> Query.parse("WorkflowType = 'Order' and Status ~ 'x'"))
        .hasMessage("""
            invalid_argument: at 35: nothing can begin with this character; put text in quotes
            ...flowType = 'Order' and Status ~ 'x'
                                             ^ (at filter)""");
    assertThatThrownBy(() -> Query.parse("a = 1\n  and\tb = \n  and c = 3"))
        .hasMessageContaining("""
            at 20: expected a value after '=', found 'and'
              and c = 3
              ^""");
  }

  @Test
  void limits() {
    String deep = "(".repeat(33) + "a = 1" + ")".repeat(33);
    assertThatThrownBy(() -> Query.parse(deep)).isInstanceOf(RejectedException.class)
        .hasMessageContaining("at 34: nested deeper than 32 levels");
    assertThat(show(Query.parse("(".repeat(32) + "a = 1" + ")".repeat(32)))).isEqualTo("[a] EQUAL 1");
    assertThatThrownBy(() -> Query.parse("not ".repeat(1000) + "a = 1")).hasMessageContaining("nested deeper");
    String many = java.util.stream.IntStream.range(0, 201).mapToObj(i -> "a = " + i).collect(Collectors.joining(" or "));
    assertThatThrownBy(() -> Query.parse(many)).hasMessageContaining("more than 200 comparisons");
    String list = java.util.stream.IntStream.range(0, 201).mapToObj(String::valueOf).collect(Collectors.joining(","));
    assertThatThrownBy(() -> Query.parse("a in (" + list + ")")).hasMessageContaining("more than 200 comparisons");
    assertThatThrownBy(() -> Query.parse("a = '" + "x".repeat(8192) + "'"))
        .hasMessageContaining("expected at most 8192 characters, got 8198");
  }

  @Test
  void nothingButTheRejectionIsEverThrown() {
    Random random = new Random(3);
    String[] pieces = {"Status", "StartedAt", "ClosedAt", "RunId", "a", "`b`", "=", "!=", "<", ">=", "(", ")", ",", "and",
        "or", "not", "in", "is", "null", "starts", "with", "true", "timestamp", "'x'", "\"y\"", "'RUNNING'", "5", "-1.5e3",
        "'2026-01-01'", "'", "\"", "`", "%", ";", "--", "\0", "\ud83d", "😀", "\n", "\u00a0", "9".repeat(400), "e", "."};
    int good = 0;
    for (int i = 0; i < 200_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
        if (random.nextInt(4) != 0) text.append(' ');
      }
      if (random.nextInt(10) == 0 && !text.isEmpty()) text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(65536));
      try {
        Query.parse(text.toString());
        good++;
      } catch (RejectedException e) {
        assertThat(e.rejection().field()).isEqualTo("filter");
        assertThat(e.rejection().message()).matches(Pattern.compile("at \\d+: .*\n.*\n *\\^", Pattern.DOTALL));
      }
    }
    assertThat(good).isGreaterThan(1000);
  }

  /** The manual's examples are read, every one; its mistakes are refused. */
  @Test
  void theManualTellsTheTruth() throws IOException {
    Path manual = Path.of("../docs/guide/queries.md");
    var blocks = Pattern.compile("```pawl-query\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(manual));
    int examples = 0;
    while (blocks.find()) {
      for (String example : blocks.group(1).split("\n\n")) {
        assertThat(Query.parse(example)).isNotNull();
        examples++;
      }
    }
    assertThat(examples).isGreaterThan(8);
    for (Field field : Field.values()) {
      assertThat(Files.readString(manual).toLowerCase(Locale.ROOT))
          .contains("| `" + field.name().replace("_", "").toLowerCase(Locale.ROOT) + "` |");
    }
  }

  private static String show(Filter filter) {
    return switch (filter) {
      case Filter.All f -> "all";
      case Filter.And f -> f.of().stream().map(QueryTest::show).collect(Collectors.joining(", ", "and(", ")"));
      case Filter.Or f -> f.of().stream().map(QueryTest::show).collect(Collectors.joining(", ", "or(", ")"));
      case Filter.Not f -> "not(" + show(f.of()) + ")";
      case Filter.Compare f -> f.field() + " " + f.op() + " " + show(f.value());
      case Filter.Attribute f -> "[" + f.name() + "] " + f.op() + " " + show(f.value());
      case Filter.HasAttribute f -> "has[" + f.name() + "]";
    };
  }

  private static String show(SearchValue value) {
    return switch (value) {
      case SearchValue.Keyword v -> "'" + v.value() + "'";
      case SearchValue.Int v -> "" + v.value();
      case SearchValue.Real v -> "" + v.value();
      case SearchValue.Bool v -> "" + v.value();
      case SearchValue.Time v -> v.value().toString();
      case SearchValue.Keywords v -> throw new AssertionError(v);
      case SearchValue.Unset v -> throw new AssertionError(v);
    };
  }
}
