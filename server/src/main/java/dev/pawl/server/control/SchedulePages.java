package dev.pawl.server.control;

import dev.pawl.core.schedule.Schedule;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.PageTokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lists of schedules, page by page. */
final class SchedulePages {
  private static final Set<String> KNOWN = Set.of("status", "workflow_type", "query", "page_size", "next_page_token");

  /** So many schedules are looked at for one page; a filter that finds few gets short pages, and goes on. */
  private static final int MOST_LOOKED_AT = 2_000;

  private final ScheduleApi schedules;
  private final SearchTypes types;
  private final PageTokens tokens;

  SchedulePages(ScheduleApi schedules, SearchTypes types, PageTokens tokens) {
    this.schedules = schedules;
    this.types = types;
    this.tokens = tokens;
  }

  Reply list(Call call) {
    for (String name : new TreeMap<>(call.query()).keySet()) {
      if (!KNOWN.contains(name)) throw unsupported(name, "There is no filter of this name.");
    }
    String status = given(call, "status");
    if (status != null && !Set.of("active", "paused").contains(status)) {
      throw unsupported("status", "The status field must be one of: active, paused.");
    }
    String type = given(call, "workflow_type");
    String query = given(call, "query");
    ScheduleFilter filter = ScheduleFilter.of(query, types.of(call.namespace()));
    int size = (int) call.number("page_size", 50, 1, 200);
    String filters = Json.text(Json.of("status", status, "workflow_type", type, "query", query));
    ScheduleApi.Cursor after = cursor(call, filters);
    List<Schedule> found = new ArrayList<>();
    int looked = 0;
    do {
      ScheduleApi.Page page = schedules.list(new ScheduleApi.Listing(call.namespace(),
          status == null ? null : (Boolean) status.equals("paused"), type, size, after));
      after = page.next();
      looked += page.schedules().size();
      for (Schedule one : page.schedules()) {
        if (!filter.matches(one)) continue;
        found.add(one);
        if (found.size() < size) continue;
        boolean last = after == null && one == page.schedules().getLast();
        after = last ? null : new ScheduleApi.Cursor(one.createdAt(), one.id());
        break;
      }
    } while (found.size() < size && after != null && looked < MOST_LOOKED_AT);
    return Reply.ok(Json.of("schedules", found.stream().map(ScheduleShapes::line).toList(), "schedule_count",
        found.size(), "next_page_token", after == null ? null : token(call.namespace(), filters, after)));
  }

  private static @Nullable String given(Call call, String name) {
    String value = call.query().get(name);
    return value == null || value.isBlank() ? null : value;
  }

  private static Refusal unsupported(String field, String message) {
    return ScheduleFilter.listing(422, "unsupported_schedule_list_filter", field, message);
  }

  private String token(String namespace, String filters, ScheduleApi.Cursor at) {
    return tokens.write(Json.text(Json.of("namespace", namespace, "filters", filters, "at",
        at.createdAt().toString(), "id", at.id())));
  }

  private ScheduleApi.@Nullable Cursor cursor(Call call, String filters) {
    String token = given(call, "next_page_token");
    if (token == null) return null;
    Map<String, @Nullable Object> said = tokens.read(token).map(Json::stored).orElseThrow(() -> ScheduleFilter.listing(
        400, "malformed_schedule_page_token", "next_page_token", "This page token was not given out here."));
    if (!call.namespace().equals(said.get("namespace"))) {
      throw ScheduleFilter.listing(403, "schedule_page_token_namespace_mismatch", "next_page_token",
          "This page token is of another namespace.");
    }
    if (!filters.equals(said.get("filters"))) {
      throw ScheduleFilter.listing(409, "schedule_page_token_filter_mismatch", "next_page_token",
          "This page token is of a list with other filters.");
    }
    return new ScheduleApi.Cursor(Instant.parse(Json.string(said, "at", "")), Json.string(said, "id", ""));
  }
}
