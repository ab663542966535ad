package io.weir.billing.budget;

import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/api/billing/budgets`: tenant admins set budgets of their tenant, its keys, members and tags; operators those of
/// the platform and of all tenants.
final class BudgetRoutes {

    private static final String PATH = "/api/billing/budgets";
    private static final RouteAccess READERS = RouteAccess.anyOf(Scope.BILLING);
    private static final RouteAccess WRITERS = RouteAccess.anyOf(Scope.TENANT_ADMIN);
    private static final int MOST = 500;

    private final R2dbcBudgets budgets;
    private final TenantBudgets publication;
    private final LiveBudgets live;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final JsonMapper json;

    BudgetRoutes(
            R2dbcBudgets budgets,
            TenantBudgets publication,
            LiveBudgets live,
            SnapshotTable<TenantSnapshot> tenants,
            JsonMapper json) {
        this.budgets = budgets;
        this.publication = publication;
        this.live = live;
        this.tenants = tenants;
        this.json = json;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PATH, READERS, this::list)
                .GET(PATH + "/{scope}/{id}", READERS, this::show)
                .PUT(PATH + "/{scope}/{id}", WRITERS, this::set)
                .DELETE(PATH + "/{scope}/{id}", WRITERS, this::remove)
                .build();
    }

    private record Page(List<BudgetView> budgets) {}

    private Mono<ServerResponse> list(ServerRequest request) {
        TenantId tenant = BudgetTarget.tenant(request);
        return views(tenant).flatMap(views -> answer(new Page(views)));
    }

    private Mono<List<BudgetView>> views(TenantId tenant) {
        return budgets.of(tenant)
                .flatMap(found -> found.isEmpty()
                        ? Mono.just(List.of())
                        : live.of(tenant)
                                .map(numbers -> found.stream()
                                        .map(budget -> BudgetView.of(budget, numbers.get(budget.id())))
                                        .toList()));
    }

    // Of several windows the one with the least room comes first: it is the one that decides.
    private Mono<ServerResponse> show(ServerRequest request) {
        BudgetTarget target = BudgetTarget.read(request);
        Optional<Window> wanted = request.queryParam("window").map(BudgetOrder::window);
        return budgets.of(target.tenant()).flatMap(found -> {
            List<BudgetSnapshot> own = found.stream()
                    .filter(target::is)
                    .filter(budget -> wanted.map(budget.window()::equals).orElse(true))
                    .toList();
            return own.isEmpty() ? Mono.error(notFound()) : shown(target, own);
        });
    }

    private Mono<ServerResponse> shown(BudgetTarget target, List<BudgetSnapshot> own) {
        return live.of(target.tenant()).flatMap(numbers -> {
            List<BudgetView> views = own.stream()
                    .map(budget -> BudgetView.of(budget, numbers.get(budget.id())))
                    .sorted(Comparator.comparing(BudgetRoutes::room))
                    .toList();
            ObjectNode answer = json.valueToTree(views.getFirst());
            answer.set("windows", json.valueToTree(views));
            return answer(answer);
        });
    }

    private static Amount room(BudgetView view) {
        Amount available = view.available();
        return available == null ? view.limit() : available;
    }

    private Mono<ServerResponse> set(ServerRequest request) {
        BudgetTarget target = BudgetTarget.read(request);
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(body -> BudgetOrder.read(json, body))
                .flatMap(order -> set(target, order));
    }

    private Mono<ServerResponse> set(BudgetTarget target, BudgetOrder order) {
        String zone = tenants.find(target.tenant().toString())
                .map(TenantSnapshot::timeZone)
                .orElse("UTC");
        BudgetSnapshot wanted = new BudgetSnapshot(
                target.id(order.window()),
                target.tenant(),
                order.limit(),
                order.window(),
                zone,
                0,
                0,
                target.scope(),
                target.subject());
        return budgets.set(wanted, MOST)
                .switchIfEmpty(Mono.error(() -> new PlatformException(
                        ProblemType.UNPROCESSABLE, "This tenant has " + MOST + " budgets already. Remove one first.")))
                .delayUntil(publication::publish)
                .then(Mono.defer(() -> shown(target, List.of(wanted))));
    }

    private Mono<ServerResponse> remove(ServerRequest request) {
        BudgetTarget target = BudgetTarget.read(request);
        List<Window> windows = request.queryParam("window")
                .map(word -> List.of(BudgetOrder.window(word)))
                .orElse(List.of(Window.values()));
        return Flux.fromIterable(windows)
                .concatMap(window -> budgets.remove(target.tenant(), target.id(window)))
                .delayUntil(publication::publish)
                .count()
                .flatMap(removed -> removed == 0
                        ? Mono.error(notFound())
                        : ServerResponse.noContent().build());
    }

    private static PlatformException notFound() {
        return new PlatformException(
                ProblemType.NOT_FOUND,
                "There is no such budget that could be shown or removed. List them with GET " + PATH + ".");
    }

    private static Mono<ServerResponse> answer(Object body) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }
}
