package io.weir.orchestration.route;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/// Fits a request into a model's limits and its answer into the model's window.
final class Fitting {

    private static final int LIMIT_WITHOUT_PLAN = 4_096;

    private final Function<String, Optional<PlanSnapshot>> plans;
    private final InstantSource clock;

    Fitting(Function<String, Optional<PlanSnapshot>> plans, InstantSource clock) {
        this.plans = plans;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    /// The ceiling as far as bytes tell. Throws a 400 when the client asks for a longer answer than the model gives.
    OutputCeiling bounded(ChatRequest request, Route route, TenantSnapshot tenant) {
        Instant now = clock.instant();
        return new OutputCeiling(
                route,
                route.provider().dialect().inputBound(request),
                request.choices(),
                outputLimit(request, route.model(), tenant, now),
                request.askedLimit() != null,
                now);
    }

    /// Bytes are more than tokens; only where they do not fit must tokens be counted.
    static boolean fitsByBytes(OutputCeiling ceiling, ChatRequest request) {
        return request.body().length + (long) ceiling.outputLimit()
                <= ceiling.route().model().contextWindow();
    }

    /// The ceiling within the window, once the prompt's tokens are known. Throws a 400 when nothing is left for the
    /// answer.
    static OutputCeiling counted(OutputCeiling ceiling, long prompt) {
        Model model = ceiling.route().model();
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
        return ceiling.within((int) Math.min(limit, room));
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
        return plans.apply(tenant.plan())
                .map(plan -> plan.termsAt(now).defaultMaxTokens())
                .orElse(LIMIT_WITHOUT_PLAN);
    }
}
