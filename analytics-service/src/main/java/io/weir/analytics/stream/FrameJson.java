package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.stream.Frame.Budget;
import io.weir.analytics.stream.Frame.Checkpoint;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Notice;
import io.weir.analytics.stream.Frame.Ping;
import io.weir.analytics.stream.Frame.Snapshot;
import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Frames as they are sent. Amounts are decimal strings.
final class FrameJson {

    private static final JsonFactory JSON = new JsonFactory();

    private FrameJson() {}

    static String write(Frame frame) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            switch (frame) {
                case Snapshot snapshot -> {
                    head(json, "snapshot", snapshot.seq(), snapshot.seq());
                    json.writeStringProperty("month", snapshot.month().toString());
                    totals(json, snapshot.totals());
                }
                case Delta delta -> {
                    head(json, "delta", delta.fromSeq(), delta.seq());
                    totals(json, delta.increment());
                    Outcome only = delta.only();
                    if (only != null) {
                        request(json, only);
                    }
                }
                case Notice notice -> {
                    head(json, "notice", notice.seq(), notice.seq());
                    json.writeStringProperty("reason", notice.reason());
                    json.writeStringProperty("message", notice.message());
                }
                case Checkpoint checkpoint -> {
                    head(json, "checkpoint", checkpoint.seq(), checkpoint.seq());
                    json.writeStringProperty("month", checkpoint.month().toString());
                    totals(json, checkpoint.totals());
                    json.writeNumberProperty("verified_seq", checkpoint.verifiedSeq());
                }
                case Budget budget -> {
                    head(json, "budget", budget.seq(), budget.seq());
                    alert(json, budget.alert());
                }
                case Ping ping -> head(json, "ping", ping.seq(), ping.seq());
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void head(JsonGenerator json, String type, long fromSeq, long seq) {
        json.writeNumberProperty("v", 1);
        json.writeNumberProperty("seq", seq);
        json.writeNumberProperty("from_seq", fromSeq);
        json.writeStringProperty("type", type);
    }

    private static void totals(JsonGenerator json, Totals totals) {
        json.writeNumberProperty("requests", totals.requests());
        json.writeStringProperty("cost_usd", totals.cost().toPlainString());
        json.writeStringProperty("savings_usd", totals.savings().toPlainString());
    }

    private static void alert(JsonGenerator json, BudgetAlert alert) {
        json.writeStringProperty("id", alert.id());
        json.writeStringProperty("budget_id", alert.budgetId());
        if (!alert.scope().isEmpty()) {
            json.writeStringProperty("scope", alert.scope());
        }
        if (!alert.subject().isEmpty()) {
            json.writeStringProperty("subject", alert.subject());
        }
        json.writeStringProperty("kind", alert.kind());
        json.writeStringProperty("window_start", alert.windowStart().toString());
        json.writeStringProperty("settled_usd", alert.settled().toPlainString());
        json.writeStringProperty("limit_usd", alert.limit().toPlainString());
        json.writeStringProperty("time", alert.time().toString());
    }

    private static void request(JsonGenerator json, Outcome only) {
        json.writeStringProperty("request_id", only.request().id());
        json.writeStringProperty("outcome", only.kind().wireName());
        json.writeStringProperty("time", only.time().toString());
        if (only.kind() == Kind.SETTLED) {
            json.writeStringProperty("model", only.model());
            json.writeStringProperty("provider", only.provider());
            json.writeNumberProperty("tokens_in", only.tokensIn());
            json.writeNumberProperty("tokens_out", only.tokensOut());
            json.writeStringProperty("route_reason", only.routeReason());
        }
    }
}
