package io.weir.tenant.settings;

import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.request.JsonBody;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What each tenant set itself, every version kept, and what is in force for it.
@Component
public final class StoredSettings {

    private static final ObjectNode SYSTEM = JsonBody.parse("""
            {"models": {"allowed": []},
             "retrieval": {"mode": "basic", "decompose": false, "multiHop": false, "rerank": false},
             "features": {"piiMasking": false, "audit": true, "agenticTools": false},
             "security": {"keyGraceDays": 14},
             "ipAllowList": [], "retentionDays": 30, "timeZone": "UTC", "currency": "USD"}""");

    /// No settings; not to be changed.
    public static final ObjectNode NONE = JsonNodeFactory.instance.objectNode();

    private final Plans plans;
    private final Clock clock;

    StoredSettings(Plans plans, Clock clock) {
        this.plans = plans;
        this.clock = clock;
    }

    /// @param version rises by one with each change; the entity tag of the configuration
    /// @param operator the limits among the settings that the platform's operator set
    public record Versioned(ObjectNode settings, long version, OperatorLimits operator) {

        /// Settings of which the operator set none.
        public Versioned(ObjectNode settings, long version) {
            this(settings, version, OperatorLimits.NONE);
        }
    }

    /// The tenant's own settings in force.
    public Mono<Versioned> current(DatabaseClient client, TenantId tenant) {
        return client.sql("""
                        SELECT settings::text AS settings, version, operator_limits::text AS operator_limits
                        FROM tenant_config
                        WHERE tenant_id = :tenant ORDER BY version DESC LIMIT 1""")
                .bind("tenant", tenant.value())
                .map(row -> new Versioned(
                        JsonBody.parse(Column.of(row, "settings", String.class)),
                        Column.of(row, "version", Long.class),
                        new OperatorLimits(JsonBody.parse(Column.of(row, "operator_limits", String.class)))))
                .one();
    }

    /// As [#current], for many tenants.
    public Mono<Map<TenantId, ObjectNode>> current(DatabaseClient client, List<TenantId> tenants) {
        return client.sql("""
                        SELECT DISTINCT ON (tenant_id) tenant_id, settings::text AS settings FROM tenant_config
                        WHERE tenant_id = ANY(CAST(:tenants AS uuid[])) ORDER BY tenant_id, version DESC""")
                .bind("tenants", tenants.stream().map(TenantId::value).toArray(UUID[]::new))
                .map(row -> Map.entry(
                        new TenantId(Column.of(row, "tenant_id", UUID.class)),
                        JsonBody.parse(Column.of(row, "settings", String.class))))
                .all()
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /// The plans, for [#cascade(List, String, ObjectNode)].
    public Mono<List<Plan>> catalogue(DatabaseClient client) {
        return plans.all(client);
    }

    /// What is in force for a tenant on that plan with these settings of its own; null: none.
    public Cascade cascade(List<Plan> catalogue, String plan, @Nullable ObjectNode own) {
        Plan found = catalogue.stream()
                .filter(candidate -> candidate.key().equals(plan))
                .findFirst()
                .orElseThrow();
        return cascade(found, own == null ? NONE : own);
    }

    /// Keeps a version. Fails when it exists already.
    public Mono<Void> keep(DatabaseClient client, TenantId tenant, Versioned settings, String changedBy) {
        return client.sql("""
                        INSERT INTO tenant_config (tenant_id, version, settings, operator_limits, changed_by, changed_at)
                        VALUES (:tenant, :version, CAST(:settings AS jsonb), CAST(:operator AS jsonb), :by, :at)""")
                .bind("tenant", tenant.value())
                .bind("version", settings.version())
                .bind("settings", settings.settings().toString())
                .bind("operator", settings.operator().limits().toString())
                .bind("by", changedBy)
                .bind("at", clock.instant())
                .then();
    }

    /// What is in force for the tenant, which is on that plan.
    public Mono<Cascade> inForce(DatabaseClient client, TenantId tenant, String plan) {
        return current(client, tenant).flatMap(own -> cascade(client, plan, own.settings()));
    }

    /// What is in force: system, then plan, then the tenant's own.
    public Mono<Cascade> cascade(DatabaseClient client, String plan, ObjectNode own) {
        return plans.byKey(client, plan).map(found -> cascade(found, own));
    }

    /// As above, for a plan at hand.
    public Cascade cascade(Plan plan, ObjectNode own) {
        return new Cascade(List.of(
                new Cascade.Layer("system", SYSTEM),
                new Cascade.Layer("plan", plan.settingsAt(clock.instant())),
                new Cascade.Layer("tenant", own)));
    }
}
