package io.weir.tenant.plan;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.catalog.PlanSnapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// The catalogue as it stands in the database.
@Component
public final class Plans {

    private final TenantTransaction transaction;

    Plans(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    /// All plans, cheapest first. Runs as the tenant in scope, although plans are nobody's: anybody may ask for
    /// them, and the platform's few connections are needed elsewhere.
    public Mono<List<Plan>> all() {
        return transaction.in(this::all);
    }

    /// As [#all], in a running transaction.
    public Mono<List<Plan>> all(DatabaseClient client) {
        return client.sql("""
                        SELECT p.plan_key, p.name, p.rank, p.aliases, p.version, t.effective_from, t.monthly_fee, t.included_calls,
                            t.included_per, t.overage_per_call, t.markup, t.default_max_tokens, t.requests_per_hour,
                            t.burst_factor, t.tokens_per_month, t.tokens_beyond, t.documents, t.storage_mb, t.agentic_tools,
                            t.database_connections, t.statement_timeout_ms, t.keys, t.members, t.requests_per_second,
                            t.max_concurrency
                        FROM plan p JOIN plan_terms t USING (plan_key) ORDER BY p.rank, t.effective_from""").map(row -> plan(row)).all().collectList().map(Plans::joined);
    }

    /// The plan of that key, in a running transaction.
    public Mono<Plan> byKey(DatabaseClient client, String key) {
        return all(client)
                .map(plans -> plans.stream()
                        .filter(plan -> plan.key().equals(key))
                        .findFirst()
                        .orElseThrow());
    }

    /// The plan that a caller means, by key or alias.
    public static Optional<Plan> named(List<Plan> plans, String word) {
        return plans.stream()
                .filter(plan -> plan.key().equals(word) || plan.aliases().contains(word))
                .findFirst();
    }

    private static Plan plan(Readable row) {
        PlanSnapshot.Terms billed = new PlanSnapshot.Terms(
                Column.of(row, "effective_from", Instant.class),
                new Amount(Column.of(row, "monthly_fee", BigDecimal.class)),
                row.get("included_calls", Long.class),
                PlanSnapshot.Period.valueOf(Column.of(row, "included_per", String.class)),
                rate(row.get("overage_per_call", BigDecimal.class)),
                new Rate(Column.of(row, "markup", BigDecimal.class)),
                Column.of(row, "default_max_tokens", Integer.class),
                Column.of(row, "requests_per_hour", Long.class),
                Column.of(row, "tokens_per_month", Long.class),
                Column.of(row, "database_connections", Integer.class),
                Column.of(row, "statement_timeout_ms", Integer.class),
                Column.of(row, "burst_factor", Integer.class),
                plain(row.get("requests_per_second", BigDecimal.class)),
                row.get("max_concurrency", Integer.class));
        Plan.Terms terms = new Plan.Terms(
                billed,
                Column.of(row, "burst_factor", Integer.class),
                Column.of(row, "tokens_beyond", String.class).equals("priced"),
                Column.of(row, "tokens_per_month", Long.class),
                Column.of(row, "documents", Long.class),
                Column.of(row, "storage_mb", Long.class),
                Column.of(row, "database_connections", Integer.class),
                Column.of(row, "statement_timeout_ms", Integer.class),
                Column.of(row, "keys", Integer.class),
                Column.of(row, "members", Integer.class),
                Column.of(row, "agentic_tools", Boolean.class));
        return new Plan(
                Column.of(row, "plan_key", String.class),
                Column.of(row, "name", String.class),
                Column.of(row, "rank", Integer.class),
                Set.of(Column.of(row, "aliases", String[].class)),
                List.of(terms),
                Column.of(row, "version", Long.class));
    }

    private static @Nullable Rate rate(@Nullable BigDecimal value) {
        return value == null ? null : new Rate(value);
    }

    // Without the column's zeros, and without an exponent.
    private static @Nullable BigDecimal plain(@Nullable BigDecimal value) {
        return value == null ? null : new BigDecimal(value.stripTrailingZeros().toPlainString());
    }

    private static List<Plan> joined(List<Plan> rows) {
        Map<String, Plan> byKey = new LinkedHashMap<>();
        for (Plan row : rows) {
            byKey.merge(row.key(), row, Plans::withTermsOf);
        }
        return List.copyOf(byKey.values());
    }

    private static Plan withTermsOf(Plan plan, Plan later) {
        List<Plan.Terms> terms = new ArrayList<>(plan.terms());
        terms.addAll(later.terms());
        return new Plan(plan.key(), plan.name(), plan.rank(), plan.aliases(), List.copyOf(terms), plan.version());
    }
}
