package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Route;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Decides what a request is and whether it can run, before anything is held: validates, routes, and fits the answer
/// into the model's window.
final class Admission {

    private static final int LIMIT_WITHOUT_PLAN = 4_096;

    private final SnapshotTable<TenantSnapshot> tenants;
    private final SnapshotTable<PlanSnapshot> plans;
    private final ModelCatalog catalog;
    private final Tokenizer tokenizer;
    private final InstantSource clock;

    Admission(
            SnapshotTable<TenantSnapshot> tenants,
            SnapshotTable<PlanSnapshot> plans,
            ModelCatalog catalog,
            Tokenizer tokenizer,
            InstantSource clock) {
        this.tenants = tenants;
        this.plans = plans;
        this.catalog = catalog;
        this.tokenizer = tokenizer;
        this.clock = clock;
    }

    /// The caller's tenant as the control plane last described it. Throws a 403 when suspended, a 503 when not known
    /// yet.
    TenantSnapshot tenant(TenantId id) {
        TenantSnapshot tenant = tenants.find(id.toString())
                .orElseThrow(() -> new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE, "This tenant is not known here yet. Try again in a moment."));
        if (tenant.status() == TenantStatus.SUSPENDED) {
            throw new PlatformException(
                    ProblemType.TENANT_SUSPENDED, "This tenant is suspended. Ask your administrator.");
        }
        return tenant;
    }

    /// Fails with a 4xx [PlatformException] that says what to change.
    Mono<Call> admit(String requestId, Passport passport, byte[] body, long arrived, @Nullable TraceContext trace) {
        return Mono.deferContextual(context -> {
            TenantSnapshot tenant = tenant(passport.tenant().id());
            ChatRequest request = ChatRequestReader.read(body);
            Route route = catalog.route(request.model(), tenant.settings());
            return fit(request, route, tenant)
                    .map(ceiling -> new Call(
                            requestId, tenant, passport.keyId(), request, route, ceiling, arrived, trace, context));
        });
    }

    private Mono<OutputCeiling> fit(ChatRequest request, Route route, TenantSnapshot tenant) {
        Model model = route.model();
        Instant now = clock.instant();
        int limit = outputLimit(request, model, tenant, now);
        OutputCeiling ceiling = new OutputCeiling(
                route, request.inputBound(), request.choices(), limit, request.askedLimit() != null, now);
        // Bytes are more than tokens; only where they do not fit must tokens be counted.
        if (request.body().length + (long) limit <= model.contextWindow()) {
            return Mono.just(ceiling);
        }
        return Mono.fromCallable(() -> fitCounted(ceiling, request, model, PromptTokens.count(request, tokenizer)))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static OutputCeiling fitCounted(OutputCeiling ceiling, ChatRequest request, Model model, long prompt) {
        int limit = ceiling.outputLimit();
        long room = model.contextWindow() - prompt;
        if (room < (ceiling.asked() ? limit : 1)) {
            throw PlatformException.of(
                    ProblemType.CONTEXT_LENGTH_EXCEEDED,
                    "messages",
                    "This model's maximum context length is " + model.contextWindow() + " tokens. However, the messages"
                            + " have " + prompt + (ceiling.asked() ? " and the answer may have " + limit : "")
                            + ". Shorten the messages or ask for less output.");
        }
        int fitting = (int) Math.min(limit, room);
        return new OutputCeiling(
                ceiling.route(), request.inputBound(), ceiling.choices(), fitting, ceiling.asked(), ceiling.at());
    }

    private int outputLimit(ChatRequest request, Model model, TenantSnapshot tenant, Instant now) {
        long most = model.maxOutputTokens();
        Integer asked = request.askedLimit();
        if (asked != null && asked > most) {
            throw PlatformException.invalid(
                    request.limitField(),
                    "'" + request.limitField() + "' is too large: " + asked + ". " + model.model() + " gives at most "
                            + most + " tokens.");
        }
        return asked != null ? asked : (int) Math.min(defaultLimit(tenant, now), most);
    }

    private int defaultLimit(TenantSnapshot tenant, Instant now) {
        Integer own = tenant.settings().models().maxTokens();
        if (own != null) {
            return own;
        }
        return plans.find(tenant.plan())
                .map(plan -> plan.termsAt(now).defaultMaxTokens())
                .orElse(LIMIT_WITHOUT_PLAN);
    }
}
