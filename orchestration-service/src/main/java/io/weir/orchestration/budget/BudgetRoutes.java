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
import io.weir.snapshots.catalog.BudgetSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/orchestration/budgets`: what the caller's budgets say now, each in its window of now.
final class BudgetRoutes {

    private static final String PATH = "/api/orchestration/budgets";

    private final BudgetIndex definitions;
    private final Leases leases;
    private final InstantSource clock;

    BudgetRoutes(BudgetIndex definitions, Leases leases, InstantSource clock) {
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
        Map<BudgetSnapshot, BudgetWindow> windows = new LinkedHashMap<>();
        definitions.ownedBy(passport.tenant().id()).stream()
                .sorted(Comparator.comparing(BudgetSnapshot::id))
                .forEach(budget -> windows.put(budget, around(budget)));
        List<WindowId> ids = windows.entrySet().stream()
                .map(one -> id(one.getKey(), one.getValue()))
                .toList();
        return leases.balances(passport.tenant(), ids)
                .map(numbers -> windows.entrySet().stream()
                        .map(one -> shown(one.getKey(), one.getValue(), numbers))
                        .toList())
                .flatMap(budgets -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(new Page(budgets)));
    }

    private BudgetWindow around(BudgetSnapshot budget) {
        return BudgetWindow.around(clock.instant(), budget.window(), ZoneId.of(budget.timeZone()));
    }

    private static WindowId id(BudgetSnapshot budget, BudgetWindow window) {
        return new WindowId(budget.tenantId(), budget.id(), window.key());
    }

    private static Shown shown(BudgetSnapshot budget, BudgetWindow window, Map<WindowId, Balance> numbers) {
        Balance nothing = new Balance(budget.limit(), Amount.ZERO, Amount.ZERO);
        Balance now = numbers.getOrDefault(id(budget, window), nothing);
        Balance balance = new Balance(budget.limit(), now.settled(), now.held());
        return new Shown(
                budget.id(),
                balance.limit(),
                balance.settled(),
                balance.held(),
                balance.available(),
                window.start(),
                window.end());
    }
}
