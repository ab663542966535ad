package io.weir.orchestration.route;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Finds the routes of a call: the models that it names, wherever those are sold, or those that fit where it names
/// `auto`; of these, whom neither the tenant nor the request rules out. Estimates ask the same code.
public final class Router {

    /// What savings are measured against where neither the call nor the tenant names a model.
    private static final String COMMON_BASELINE = "gpt-4o";

    private final ModelCatalog catalog;
    private final Fitting fitting;
    private final AutoRouting auto;
    private final OwnCandidates own;
    private final Tokenizer tokenizer;
    private final Splits splits;

    Router(
            ModelCatalog catalog,
            Fitting fitting,
            AutoRouting auto,
            OwnCandidates own,
            Tokenizer tokenizer,
            Splits splits) {
        this.catalog = catalog;
        this.fitting = fitting;
        this.auto = auto;
        this.own = own;
        this.tokenizer = tokenizer;
        this.splits = splits;
    }

    /// Whether a tenant's chat may name it: a model that is sold to the tenant, a name that several models share, or
    /// `auto`.
    public boolean knows(String name, TenantSnapshot tenant) {
        return name.equals(ModelCatalog.AUTO) || splits.find(name).isPresent() || catalog.chats(name, tenant);
    }

    /// Fails with a 4xx that says what to change: the request fits no model that the tenant may use, or the wishes of
    /// both leave none.
    ///
    /// @param tolerant whether the call may be answered without what a provider cannot do
    /// @param requestId by which a [Split] chooses
    public Mono<Plan> plan(ChatRequest request, TenantSnapshot tenant, boolean tolerant, String requestId) {
        return onPlatform(request, tenant, tolerant, requestId).map(plan -> own.of(tenant, request.routing(), plan));
    }

    private Mono<Plan> onPlatform(ChatRequest request, TenantSnapshot tenant, boolean tolerant, String requestId) {
        List<String> named = named(request, tenant.settings());
        if (named.isEmpty()) {
            Optional<Baseline> baseline = baseline(request, tenant);
            return rank(request, tenant, tolerant, Wishes.of(tenant.settings(), request.routing()))
                    .map(ranking -> plan(ranking, baseline));
        }
        boolean helped = tolerant && !request.routing().requireParameters();
        Naming naming = naming(named, request);
        return plan(naming.after(splits, requestId, name -> catalog.chats(name, tenant)), request, tenant, helped);
    }

    private static Plan plan(Ranking ranking, Optional<Baseline> baseline) {
        return new Plan(ranking.candidates(), baseline, Decision.of(ranking, baseline));
    }

    private static Naming naming(List<String> named, ChatRequest request) {
        boolean byDefault =
                request.model() == null && request.routing().models().isEmpty();
        return new Naming(named.getFirst(), named, byDefault ? "tenant-default" : "explicit");
    }

    // In falling order; empty where the choice is ours.
    private List<String> named(ChatRequest request, TenantSettings settings) {
        List<String> models = request.routing().models();
        if (request.model() == null && !models.isEmpty()) {
            return models;
        }
        String wanted = catalog.wanted(request.model(), settings);
        if (wanted.equals(ModelCatalog.AUTO)) {
            return List.of();
        }
        return Stream.concat(Stream.of(wanted), models.stream()).distinct().toList();
    }

    private Mono<Plan> plan(Naming named, ChatRequest request, TenantSnapshot tenant, boolean tolerant) {
        List<Route> offered = named.models().stream()
                .flatMap(name -> offered(name, named, request, tenant).stream())
                .toList();
        Fences fences = Fences.of(tenant.settings(), request.routing());
        List<Route> routes = fences.within(offered, request, fitting.now());
        Optional<Baseline> baseline = catalog.baseline(named.requested(), tenant)
                .filter(model -> named.isSplit())
                .or(() -> Optional.of(Baseline.of(offered.getFirst())));
        Wishes wishes = Wishes.of(tenant.settings(), request.routing()).among(named.models());
        if (!wishes.areSilent()) {
            return Mono.fromCallable(() -> auto.rank(request, tenant, tolerant, wishes, routes, fences.leftOut()))
                    .subscribeOn(Schedulers.boundedElastic())
                    .map(ranking -> plan(ranking, baseline));
        }
        Route first = routes.getFirst();
        String reason = first.reason() + LeftOut.byWishes(fences.leftOut());
        return candidate(request, first, tenant, tolerant)
                .map(candidate -> candidate.because(reason))
                .concatWith(wishes.fallbacks() ? elsewhere(request, routes, tenant, tolerant) : Flux.empty())
                .collectList()
                .map(candidates -> new Plan(candidates, baseline, Decision.of(candidates, fences.leftOut())));
    }

    private List<Route> offered(String name, Naming named, ChatRequest request, TenantSnapshot tenant) {
        List<Route> routes = catalog.routes(name, named.requested(), named.reason(), tenant);
        if (routes.isEmpty()) {
            throw unknown(name, request, tenant);
        }
        return routes;
    }

    private PlatformException unknown(String name, ChatRequest request, TenantSnapshot tenant) {
        PlatformException unknown = catalog.unknown(name, tenant);
        int place = request.routing().models().indexOf(name);
        return place < 0 || name.equals(request.model())
                ? unknown
                : PlatformException.of(unknown.type(), "models[" + place + "]", String.valueOf(unknown.getMessage()));
    }

    /// The candidates for a request whose model is left to us, on a thread that may work for a while; where it lists
    /// models, among those. Fails as [#plan].
    public Mono<Ranking> rank(ChatRequest request, TenantSnapshot tenant, boolean tolerant, Wishes wishes) {
        return Mono.fromCallable(() -> {
                    Fences fences = Fences.of(tenant.settings(), request.routing());
                    List<Route> routes = fences.within(choice(request, tenant), request, fitting.now());
                    boolean helped = tolerant && !request.routing().requireParameters();
                    return auto.rank(request, tenant, helped, wishes, routes, fences.leftOut());
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private List<Route> choice(ChatRequest request, TenantSnapshot tenant) {
        List<String> among = request.routing().models();
        among.stream().filter(name -> !catalog.chats(name, tenant)).findFirst().ifPresent(name -> {
            throw unknown(name, request, tenant);
        });
        List<Route> all = catalog.all(tenant).stream()
                .filter(route -> among.isEmpty() || among.contains(route.model().model()))
                .toList();
        if (all.isEmpty()) {
            throw PlatformException.of(
                    ProblemType.MODEL_NOT_FOUND,
                    "model",
                    "There is no model that this tenant may use. Ask your administrator for its models.allowed.");
        }
        return all;
    }

    /// What savings are measured against: the model that the request names, or where it names `auto` the tenant's
    /// default, else a common one. Empty where that has no price.
    public Optional<Baseline> baseline(ChatRequest request, TenantSnapshot tenant) {
        return notAuto(request.model())
                .flatMap(name -> catalog.baseline(name, tenant))
                .or(() -> notAuto(tenant.settings().models().defaultModel())
                        .flatMap(name -> catalog.baseline(name, tenant)))
                .or(() -> catalog.baseline(COMMON_BASELINE, tenant));
    }

    private static Optional<String> notAuto(@Nullable String model) {
        return Optional.ofNullable(model).filter(name -> !name.equals(ModelCatalog.AUTO));
    }

    private Mono<Candidate> candidate(ChatRequest request, Route route, TenantSnapshot tenant, boolean tolerant) {
        List<String> warnings = Lack.settle(lacks(request, route), tolerant);
        OutputCeiling ceiling = fitting.bounded(request, route, tenant);
        if (Fitting.fitsByBytes(ceiling, request)) {
            return Mono.just(new Candidate(route, ceiling, warnings));
        }
        return Mono.fromCallable(() -> PromptTokens.count(request, tokenizer))
                .subscribeOn(Schedulers.boundedElastic())
                .map(prompt -> new Candidate(route, Fitting.counted(ceiling, prompt), warnings));
    }

    private static List<Lack> lacks(ChatRequest request, Route route) {
        ProviderDialect dialect = route.provider().dialect();
        String model = route.model().model();
        List<Lack> lacks = new ArrayList<>(dialect.lacks(request));
        lacks.addAll(dialect.untranslatable(request, model));
        if (!model.equals(request.model())) {
            lacks.addAll(dialect.lacks(request, model));
        }
        return lacks;
    }

    // The same model at other providers, as far as they can take the call.
    private Flux<Candidate> elsewhere(
            ChatRequest request, List<Route> routes, TenantSnapshot tenant, boolean tolerant) {
        return Flux.fromIterable(routes)
                .skip(1)
                .concatMap(route -> Mono.defer(() -> candidate(request, route, tenant, tolerant))
                        .onErrorComplete());
    }
}
