package io.weir.tenant.settings;

import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.request.JsonBody;
import java.time.Clock;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// What each tenant set itself, every version kept, and what is in force for it.
@Component
public final class StoredSettings {

    private static final ObjectNode SYSTEM = JsonBody.parse("""
            {"models": {"allowed": []},
             "retrieval": {"mode": "basic", "decompose": false, "multiHop": false, "rerank": false},
             "features": {"piiMasking": false, "audit": true, "agenticTools": false},
             "ipAllowList": [], "retentionDays": 30, "timeZone": "UTC", "currency": "USD"}""");

    private final Plans plans;
    private final Clock clock;

    StoredSettings(Plans plans, Clock clock) {
        this.plans = plans;
        this.clock = clock;
    }

    /// @param version rises by one with each change; the entity tag of the configuration
    public record Versioned(ObjectNode settings, long version) {}

    /// The tenant's own settings in force.
    public Mono<Versioned> current(DatabaseClient client, TenantId tenant) {
        return client.sql("""
                        SELECT settings::text AS settings, version FROM tenant_config
                        WHERE tenant_id = :tenant ORDER BY version DESC LIMIT 1""")
                .bind("tenant", tenant.value())
                .map(row -> new Versioned(
                        JsonBody.parse(Column.of(row, "settings", String.class)),
                        Column.of(row, "version", Long.class)))
                .one();
    }

    /// Keeps a version. Fails when it exists already.
    public Mono<Void> keep(DatabaseClient client, TenantId tenant, Versioned settings, String changedBy) {
        return client.sql("""
                        INSERT INTO tenant_config (tenant_id, version, settings, changed_by, changed_at)
                        VALUES (:tenant, :version, CAST(:settings AS jsonb), :by, :at)""")
                .bind("tenant", tenant.value())
                .bind("version", settings.version())
                .bind("settings", settings.settings().toString())
                .bind("by", changedBy)
                .bind("at", clock.instant())
                .then();
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
