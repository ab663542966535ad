package io.weir.orchestration.budget;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `GET /api/orchestration/budgets`: what the caller's budgets say now, each in its window of now.
final class BudgetRoutes {

    private static final String PATH = "/api/orchestration/budgets";
    private static final int AT_ONCE = 4;

    private final SnapshotTable<BudgetSnapshot> definitions;
    private final Leases leases;
    private final InstantSource clock;

    BudgetRoutes(SnapshotTable<BudgetSnapshot> definitions, Leases leases, InstantSource clock) {
        this.definitions = definitions;
        this.leases = leases;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PATH, RouteAccess.anyOf(Scope.BILLING), this::list)
                .build();
    }

    private record Page(List<Shown> budgets) {}

    private record Shown(
            String budgetId,
            Amount limit,
            Amount settled,
            Amount held,
            Amount available,
            Instant windowStart,
            @Nullable Instant windowEnd) {}

    private Mono<ServerResponse> list(ServerRequest request) {
        Passport passport = Access.passport(request);
        return Flux.fromIterable(definitions.all())
                .filter(budget -> budget.tenantId().equals(passport.tenant().id()))
                .flatMapSequential(budget -> shown(passport, budget), AT_ONCE)
                .collectList()
                .flatMap(budgets -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(new Page(budgets)));
    }

    private Mono<Shown> shown(Passport passport, BudgetSnapshot budget) {
        BudgetWindow window = BudgetWindow.around(clock.instant(), budget.window(), ZoneId.of(budget.timeZone()));
        WindowId id = new WindowId(budget.tenantId(), budget.id(), window.key());
        return leases.balance(passport.tenant(), id, budget.limit()).map(now -> {
            Balance balance = new Balance(budget.limit(), now.settled(), now.held());
            return new Shown(
                    budget.id(),
                    balance.limit(),
                    balance.settled(),
                    balance.held(),
                    balance.available(),
                    window.start(),
                    window.end());
        });
    }
}
