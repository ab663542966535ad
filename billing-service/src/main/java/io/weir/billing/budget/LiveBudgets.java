package io.weir.billing.budget;

import io.weir.billing.budget.BudgetView.Live;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/// Asks orchestration-service for budgets' live numbers. Fails open: what it does not say in time is not shown.
final class LiveBudgets {

    private static final Logger LOG = LoggerFactory.getLogger(LiveBudgets.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final @Nullable URI orchestration;
    private final PassportIssuer passports;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final HttpClient client = HttpClient.create();

    LiveBudgets(@Nullable URI orchestration, PassportIssuer passports, SnapshotTable<TenantSnapshot> tenants) {
        this.orchestration = orchestration;
        this.passports = passports;
        this.tenants = tenants;
    }

    private record Page(List<Live> budgets) {}

    /// By budget id. Never fails.
    Mono<Map<String, Live>> of(TenantId tenant) {
        URI base = orchestration;
        if (base == null) {
            return Mono.just(Map.of());
        }
        return Mono.defer(() -> ask(base, tenant)).timeout(ANSWER_WITHIN).onErrorResume(failed -> {
            LOG.warn("What is spent of the budgets of {} is not known now: {}", tenant, failed.toString());
            return Mono.just(Map.of());
        });
    }

    private Mono<Map<String, Live>> ask(URI base, TenantId tenant) {
        String passport = passports.mintForService(context(tenant), Set.of(Scope.BILLING));
        return client.headers(headers -> headers.set(Passport.HEADER, passport))
                .get()
                .uri(base.resolve("/api/orchestration/budgets"))
                .responseSingle((response, body) -> response.status().code() == 200
                        ? body.asByteArray()
                        : Mono.error(new IllegalStateException(
                                "status " + response.status().code())))
                .map(body -> SnapshotJson.read(body, Page.class).budgets().stream()
                        .collect(Collectors.toMap(Live::budgetId, Function.identity())));
    }

    private TenantContext context(TenantId tenant) {
        return tenants.find(tenant.toString())
                .map(TenantSnapshot::context)
                .orElseGet(() -> new TenantContext(tenant, "enterprise", Placement.POOL, "platform"));
    }
}
