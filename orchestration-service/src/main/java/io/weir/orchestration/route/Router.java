package io.weir.orchestration.route;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Finds the routes of a call: the one model that it names, wherever that is sold, or those that fit where it names
/// `auto`. Estimates ask the same code.
public final class Router {

    /// What savings are measured against where neither the call nor the tenant names a model.
    private static final String COMMON_BASELINE = "gpt-4o";

    private final ModelCatalog catalog;
    private final Fitting fitting;
    private final AutoRouting auto;
    private final Tokenizer tokenizer;

    Router(ModelCatalog catalog, Fitting fitting, AutoRouting auto, Tokenizer tokenizer) {
        this.catalog = catalog;
        this.fitting = fitting;
        this.auto = auto;
        this.tokenizer = tokenizer;
    }

    /// Fails with a 4xx that says what to change: the request fits no model that the tenant may use.
    ///
    /// @param tolerant whether the call may be answered without what a provider cannot do
    public Mono<Plan> plan(ChatRequest request, TenantSnapshot tenant, boolean tolerant) {
        TenantSettings settings = tenant.settings();
        String wanted = catalog.wanted(request.model(), settings);
        if (wanted.equals(ModelCatalog.AUTO)) {
            return rank(request, tenant, tolerant, Wishes.of(settings))
                    .map(ranking -> new Plan(ranking.candidates(), baseline(request, tenant)));
        }
        String reason = request.model() == null ? "tenant-default" : "explicit";
        List<Route> routes = catalog.routes(wanted, reason, tenant);
        if (routes.isEmpty()) {
            return Mono.error(catalog.unknown(wanted, tenant));
        }
        return candidate(request, routes.getFirst(), tenant, tolerant)
                .concatWith(elsewhere(request, routes, tenant, tolerant))
                .collectList()
                .map(candidates -> new Plan(candidates, Optional.of(Baseline.of(routes.getFirst()))));
    }

    /// The candidates for a request whose model is left to us, on a thread that may work for a while. Fails as [#plan].
    public Mono<Ranking> rank(ChatRequest request, TenantSnapshot tenant, boolean tolerant, Wishes wishes) {
        return Mono.fromCallable(() -> auto.rank(request, tenant, tolerant, wishes))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /// What savings are measured against: the model that the request names, or where it names `auto` the tenant's
    /// default, else a common one. Empty where that has no price.
    public Optional<Baseline> baseline(ChatRequest request, TenantSnapshot tenant) {
        return named(request.model())
                .flatMap(name -> catalog.baseline(name, tenant))
                .or(() -> named(tenant.settings().models().defaultModel())
                        .flatMap(name -> catalog.baseline(name, tenant)))
                .or(() -> catalog.baseline(COMMON_BASELINE, tenant));
    }

    private static Optional<String> named(@Nullable String model) {
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
