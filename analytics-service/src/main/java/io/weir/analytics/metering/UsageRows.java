package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.ingestion.RowJson;
import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rows of one event; pure functions of the record. All throw [IllegalArgumentException] or [NullPointerException]
/// where the event lacks something.
final class UsageRows {

    static final String REQUESTS = "usage_requests";
    static final String ATTEMPTS = "usage_attempts";
    static final String HOLDS = "usage_holds";
    static final String OUTCOMES = "usage_outcomes";
    static final String DROPPED = "usage_dropped";
    static final List<String> TABLES = List.of(REQUESTS, ATTEMPTS, HOLDS, OUTCOMES, DROPPED);

    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("yyyyMM").withZone(ZoneOffset.UTC);

    private UsageRows() {}

    static List<RenderedRow> settled(Chunk chunk, long offset, UsageRecord usage, Settled settled) {
        List<RenderedRow> rows = new ArrayList<>();
        rows.add(request(chunk, offset, usage, settled));
        for (Attempt attempt : settled.attempts()) {
            rows.add(attempt(chunk, offset, usage, settled, attempt));
        }
        return rows;
    }

    private static RenderedRow request(Chunk chunk, long offset, UsageRecord usage, Settled settled) {
        RowJson row = identity(usage, settled)
                .text("requested_model", settled.requestedModel())
                .text("served_provider", settled.servedProvider())
                .text("served_model", settled.servedModel())
                .amount("cost", settled.cost())
                .text("baseline_model", settled.baselineModel())
                .amount("baseline_cost", settled.baselineCost())
                .amount(
                        "savings",
                        settled.savings().stream().map(SavingsLine::amount).reduce(Amount.ZERO, Amount::plus))
                .texts("savings_lines.reason", settled.savings(), SavingsLine::reason)
                .texts(
                        "savings_lines.amount",
                        settled.savings(),
                        line -> line.amount().toPlainString())
                .text("outcome", settled.outcome().wireName())
                .flag("stream", settled.stream())
                .flag("billable", settled.billable())
                .number("attempts", settled.attempts().size())
                .number(
                        "tokens_in",
                        settled.attempts().stream()
                                .map(Attempt::buckets)
                                .mapToLong(Quantities::input)
                                .sum())
                .number(
                        "tokens_out",
                        settled.attempts().stream()
                                .map(Attempt::buckets)
                                .mapToLong(Quantities::output)
                                .sum())
                .texts("tries.provider", settled.attempts(), Attempt::provider)
                .texts("tries.model", settled.attempts(), Attempt::model)
                .texts(
                        "tries.cost",
                        settled.attempts(),
                        attempt -> attempt.cost().toPlainString())
                .numbers(
                        "tries.tokens_in",
                        settled.attempts(),
                        attempt -> attempt.buckets().input())
                .numbers(
                        "tries.tokens_out",
                        settled.attempts(),
                        attempt -> attempt.buckets().output())
                .numbersByKeys(
                        "tries.buckets",
                        settled.attempts().stream()
                                .map(attempt -> byName(attempt.buckets()))
                                .toList())
                .textsByKey("tags", settled.tags() == null ? Map.of() : settled.tags())
                .number("latency_ms", settled.latencyMs())
                .numberOrNull("time_to_first_token_ms", settled.timeToFirstTokenMs())
                .text("cache", settled.cache())
                .flag("own_key", isWithOwnKeys(settled))
                .text("route_reason", settled.routeReason())
                .number("bytes_in", settled.bytesIn())
                .number("bytes_out", settled.bytesOut())
                .text("producer_id", usage.producerid())
                .number("producer_epoch", usage.producerepoch())
                .number("producer_sequence", usage.producersequence());
        return row.origin(chunk, offset).row(REQUESTS, month(usage.time()), offset);
    }

    private static boolean isWithOwnKeys(Settled settled) {
        return !settled.attempts().isEmpty()
                && settled.attempts().stream().allMatch(attempt -> attempt.keySource() == Attempt.KeySource.TENANT);
    }

    private static RenderedRow attempt(Chunk chunk, long offset, UsageRecord usage, Settled settled, Attempt attempt) {
        RowJson row = identity(usage, settled)
                .number("attempt", attempt.n())
                .text("provider", attempt.provider())
                .text("model", attempt.model())
                .textOrNull("providerRequestId", attempt.providerRequestId())
                .text("outcome", attempt.outcome().wireName())
                .numberOrNull("status", attempt.status())
                .number("latency_ms", attempt.latencyMs())
                .numbersByKey("buckets", byName(attempt.buckets()))
                .text("usage_source", attempt.usageSource().wireName())
                .text(
                        "raw_usage",
                        attempt.rawUsage() == null ? "" : attempt.rawUsage().toString())
                .textOrNull("price_book_id", attempt.priceBookId())
                .texts("lines.meter", attempt.lines(), line -> line.meter().wireName())
                .numbers("lines.quantity", attempt.lines(), Attempt.PricedLine::quantity)
                .texts("lines.rate", attempt.lines(), line -> line.rate().toPlainString())
                .texts("lines.rule_id", attempt.lines(), Attempt.PricedLine::ruleId)
                .texts("lines.cost", attempt.lines(), line -> line.cost().toPlainString())
                .amount("cost", attempt.cost())
                .text("service_tier", attempt.serviceTier() == null ? "" : attempt.serviceTier())
                .timeOrNull("priced_at", attempt.pricedAt())
                .text(
                        "unpriced_reason",
                        attempt.unpriced() == null
                                ? ""
                                : attempt.unpriced().reason().wireName())
                .numbersByKey(
                        "unpriced_meters",
                        attempt.unpriced() == null
                                ? Map.of()
                                : attempt.unpriced().meters())
                .amount("ceiling_breach", attempt.ceilingBreach() == null ? Amount.ZERO : attempt.ceilingBreach());
        return row.origin(chunk, offset).row(ATTEMPTS, month(usage.time()), offset);
    }

    static RenderedRow held(Chunk chunk, long offset, UsageRecord usage, Held held) {
        return identity(usage, held)
                .text("kind", "held")
                .text("provider", held.provider())
                .text("model", held.model())
                .amountOrNull("ceiling", held.ceiling())
                .timeOrNull("expires_at", held.expiresAt())
                .textOrNull("budget_id", held.budgetId())
                .origin(chunk, offset)
                .row(HOLDS, month(usage.time()), offset);
    }

    static RenderedRow released(Chunk chunk, long offset, UsageRecord usage, Released released) {
        return identity(usage, released)
                .text("kind", "released")
                .textOrNull("reason", released.reason())
                .origin(chunk, offset)
                .row(HOLDS, month(usage.time()), offset);
    }

    /// @param counted whether it is its request's first outcome
    static RenderedRow outcome(Chunk chunk, long offset, Outcome outcome, long seq, boolean counted) {
        return new RowJson()
                .text("tenant_id", outcome.request().tenant().toString())
                .number("seq", seq)
                .flag("counted", counted)
                .hour("hour", outcome.time())
                .time("event_time", outcome.time())
                .text("kind", outcome.kind().wireName())
                .text("request_id", outcome.request().id())
                .text("provider", outcome.provider())
                .text("model", outcome.model())
                .text("route_reason", outcome.routeReason())
                .number("tokens_in", outcome.tokensIn())
                .number("tokens_out", outcome.tokensOut())
                .amount("cost", outcome.cost())
                .amount("savings", outcome.savings())
                .origin(chunk, offset)
                .row(OUTCOMES, month(outcome.time()), offset);
    }

    /// @param usage null where the record could not be read
    static RenderedRow dropped(
            Chunk chunk, long offset, Instant recordTime, String reason, String detail, @Nullable UsageRecord usage) {
        OfRequest event = usage != null && usage.data() instanceof OfRequest ofRequest ? ofRequest : null;
        return new RowJson()
                .hour("hour", recordTime)
                .text("reason", reason)
                .text("detail", detail)
                .textOrNull(
                        "tenant_id",
                        event == null || event.tenantId() == null
                                ? null
                                : event.tenantId().toString())
                .textOrNull("request_id", event == null ? null : event.requestId())
                .textOrNull("event_id", usage == null ? null : usage.id())
                .amountOrNull("cost", event instanceof Settled settled ? settled.cost() : null)
                .origin(chunk, offset)
                .row(DROPPED, month(recordTime), offset);
    }

    private static RowJson identity(UsageRecord usage, OfRequest event) {
        return new RowJson()
                .text("tenant_id", event.tenantId().toString())
                .hour("hour", usage.time())
                .text("event_id", usage.id())
                .text("event_source", usage.source())
                .time("event_time", usage.time())
                .text("request_id", event.requestId())
                .text("key_id", event.keyId());
    }

    private static Map<String, Long> byName(Quantities buckets) {
        Map<String, Long> byName = new TreeMap<>();
        buckets.byMeter().forEach((meter, quantity) -> byName.put(meter.wireName(), quantity));
        return byName;
    }

    private static String month(Instant time) {
        return MONTH.format(time);
    }
}
