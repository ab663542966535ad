package io.weir.analytics.stream;

import io.weir.kafka.TenantHeader;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A budget that is nearly spent, or spent too fast, as its owner says it (`orchestration/budget-alert.v1`).
///
/// @param id the same for each repetition
/// @param scope whose calls count: `tenant`, `key`, `member`, `tag` or `platform`; empty: not said
/// @param subject the key's or member's id, or the tag; empty where there is none
/// @param settled US dollars, when it was raised
/// @param limit US dollars, in force then
record BudgetAlert(
        String id,
        TenantId tenant,
        String budgetId,
        String scope,
        String subject,
        Instant windowStart,
        String kind,
        Amount settled,
        Amount limit,
        Instant time) {

    static final String TYPE = "io.weir.alert.budget.v1";

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Empty for alerts of another kind. Throws [IllegalArgumentException] where it is one that nobody can read,
    /// or names another tenant than its header.
    static Optional<BudgetAlert> read(ConsumerRecord<String, byte[]> source) {
        try {
            JsonNode event = JSON.readTree(Objects.requireNonNull(source.value(), "value"));
            return TYPE.equals(event.path("type").asString())
                    ? Optional.of(read(event, TenantHeader.read(source.headers())))
                    : Optional.empty();
        } catch (JacksonException | DateTimeException | NullPointerException malformed) {
            throw new IllegalArgumentException("not an alert: " + malformed.getMessage(), malformed);
        }
    }

    private static BudgetAlert read(JsonNode event, Optional<TenantId> header) {
        JsonNode data = event.path("data");
        TenantId tenant = TenantId.of(data.path("tenantId").asString());
        if (!header.equals(Optional.of(tenant))) {
            throw new IllegalArgumentException("its header names another tenant than its payload");
        }
        return new BudgetAlert(
                event.path("id").asString(),
                tenant,
                data.path("budgetId").asString(),
                data.path("scope").asString(""),
                data.path("subject").asString(""),
                Instant.parse(data.path("windowStart").asString()),
                data.path("kind").asString(),
                Amount.of(data.path("settled").asString()),
                Amount.of(data.path("limit").asString()),
                Instant.parse(event.path("time").asString()));
    }

    /// Whether it may be shown to them: what is about the whole tenant to all of it; what is about one key or
    /// member to these, and to who may read budgets.
    boolean isFor(Audience reader) {
        if (!tenant.equals(reader.tenant())) {
            return false;
        }
        return reader.seesBudgets()
                || switch (scope) {
                    case "tenant" -> true;
                    case "" -> budgetId.equals("tenant:" + tenant);
                    case "key" -> subject.equals(reader.keyId());
                    case "member" -> reader.subject().equals("member:" + subject);
                    default -> false;
                };
    }

    /// Of several with the same, the last one says it all.
    String matter() {
        return budgetId + "/" + windowStart + "/" + ("burn_rate".equals(kind) ? kind : "threshold");
    }
}
