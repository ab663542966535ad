package io.weir.billing.budget;

import io.weir.billing.budget.BudgetView.Live;
import io.weir.billing.budget.R2dbcBudgets.Stored;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
                                        .flatMap(stored -> view(stored, numbers))
                                        .toList()));
    }

    private static Stream<BudgetView> view(Stored stored, Map<String, Live> numbers) {
        BudgetSnapshot budget = stored.snapshot();
        return budget == null
                ? Stream.empty()
                : Stream.of(BudgetView.of(budget, stored.byPlatform(), numbers.get(budget.id())));
    }

    // Of several windows the one with the least room comes first: it is the one that decides.
    private Mono<ServerResponse> show(ServerRequest request) {
        BudgetTarget target = BudgetTarget.read(request);
        Optional<Window> wanted = request.queryParam("window").map(BudgetOrder::window);
        return budgets.of(target.tenant()).flatMap(found -> {
            List<Stored> own =
                    found.stream().filter(stored -> is(stored, target, wanted)).toList();
            return own.isEmpty() ? Mono.error(notFound()) : shown(target, own);
        });
    }

    private static boolean is(Stored stored, BudgetTarget target, Optional<Window> wanted) {
        BudgetSnapshot budget = stored.snapshot();
        return budget != null
                && target.is(budget)
                && wanted.map(budget.window()::equals).orElse(true);
    }

    private Mono<ServerResponse> shown(BudgetTarget target, List<Stored> own) {
        return live.of(target.tenant()).flatMap(numbers -> {
            List<BudgetView> views = own.stream()
                    .flatMap(stored -> view(stored, numbers))
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
                .flatMap(order -> set(target, order, isOperator(request)));
    }

    private static boolean isOperator(ServerRequest request) {
        return Access.passport(request).allows(Scope.PLATFORM_ADMIN);
    }

    private String zone(BudgetTarget target) {
        return tenants.find(target.tenant().toString())
                .map(TenantSnapshot::timeZone)
                .orElse("UTC");
    }

    private Mono<ServerResponse> set(BudgetTarget target, BudgetOrder order, boolean operator) {
        String zone = zone(target);
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
        return budgets.set(wanted, MOST, operator)
                .switchIfEmpty(Mono.defer(() -> notSet(target, wanted.id())))
                .flatMap(stored -> inZone(target, stored, zone))
                .delayUntil(this::published)
                .flatMap(stored -> shown(target, List.of(stored)));
    }

    // What changed the tenant's calendar meanwhile may not have seen the budget; from now on it does.
    private Mono<Stored> inZone(BudgetTarget target, Stored stored, String then) {
        String now = zone(target);
        return now.equals(then)
                ? Mono.just(stored)
                : budgets.move(target.tenant(), stored.id(), now).defaultIfEmpty(stored);
    }

    private Mono<Void> published(Stored stored) {
        return publication
                .publish(stored)
                .onErrorMap(away -> new PlatformException(
                        ProblemType.QUEUED,
                        "The change is stored, but the broker does not have it yet, so that it is not in force. It is sent"
                                + " as soon as the broker answers; repeat the call to see when.",
                        away));
    }

    private Mono<Stored> notSet(BudgetTarget target, String id) {
        return demandNotOperators(target, List.of(id))
                .then(Mono.error(() -> new PlatformException(
                        ProblemType.UNPROCESSABLE, "This tenant has " + MOST + " budgets already. Remove one first.")));
    }

    private Mono<Void> demandNotOperators(BudgetTarget target, List<String> ids) {
        return budgets.of(target.tenant())
                .filter(found -> found.stream().anyMatch(one -> one.byPlatform() && ids.contains(one.id())))
                .flatMap(found -> Mono.error(new PlatformException(
                        ProblemType.PERMISSION_DENIED,
                        "The platform's operator set this budget. Ask them to change it; it needs the scope"
                                + " platform-admin.")));
    }

    private Mono<ServerResponse> remove(ServerRequest request) {
        BudgetTarget target = BudgetTarget.read(request);
        List<Window> windows = request.queryParam("window")
                .map(word -> List.of(BudgetOrder.window(word)))
                .orElse(List.of(Window.values()));
        boolean operator = isOperator(request);
        List<String> ids = windows.stream().map(target::id).toList();
        return (operator ? Mono.<Void>empty() : demandNotOperators(target, ids))
                .thenMany(Flux.fromIterable(ids))
                .concatMap(id -> budgets.remove(target.tenant(), id, operator))
                .delayUntil(this::published)
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
