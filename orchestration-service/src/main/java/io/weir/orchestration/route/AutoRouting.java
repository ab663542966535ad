package io.weir.orchestration.route;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.forecast.AnswerForecast;
import io.weir.orchestration.forecast.AnswerLengths;
import io.weir.orchestration.forecast.CostForecast;
import io.weir.orchestration.forecast.CostForecast.Prompt;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.route.Ranked.Fit;
import io.weir.orchestration.task.Task;
import io.weir.orchestration.task.TaskReader;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Ranks the routes of a call that leaves a choice to us. Counts tokens: not for event loops.
final class AutoRouting {

    // A longer prompt is counted only where it may not fit a window; its tokens are then mostly known from its bytes.
    private static final int LONGEST_COUNTED = 256 * 1024;

    private static final int BYTES_PER_TOKEN = 4;
    private static final String EXACTLY_COUNTED = "openai";
    private static final double LEAST_OF_OTHER_TOKENIZERS = 0.6;

    private final Fitting fitting;
    private final ProviderCalls calls;
    private final AnswerLengths lengths;
    private final ObservedSpeeds speeds;
    private final Tokenizer tokenizer;
    private final RoutingProperties routing;
    private final OwnCandidates own;

    AutoRouting(
            Fitting fitting,
            ProviderCalls calls,
            AnswerLengths lengths,
            ObservedSpeeds speeds,
            Tokenizer tokenizer,
            RoutingProperties routing,
            OwnCandidates own) {
        this.fitting = fitting;
        this.calls = calls;
        this.lengths = lengths;
        this.speeds = speeds;
        this.tokenizer = tokenizer;
        this.routing = routing;
        this.own = own;
    }

    /// Throws a 4xx where none can take the request: what the roomiest one says against it.
    ///
    /// @param routes that may serve; at least one
    /// @param leftOut those that may not
    Ranking rank(
            ChatRequest request,
            TenantSnapshot tenant,
            boolean tolerant,
            Wishes wishes,
            List<Route> routes,
            List<LeftOut> leftOut) {
        Task task = TaskReader.read(request.body());
        Work work = new Work(request, tenant, tolerant, task, wishes, leftOut);
        routes.forEach(work::consider);
        return work.ranking();
    }

    /// One request being ranked.
    private final class Work {

        private final ChatRequest request;
        private final TenantSnapshot tenant;
        private final boolean tolerant;
        private final Task task;
        private final Wishes wishes;
        private final List<Ranked> ranked = new ArrayList<>();
        private final List<LeftOut> leftOut;
        private final Map<String, List<Lack>> lacks = new HashMap<>();
        private long counted = -1;
        private long roomiest = -1;
        private PlatformException refusal = new PlatformException(ProblemType.MODEL_NOT_FOUND, "No model fits.");

        Work(
                ChatRequest request,
                TenantSnapshot tenant,
                boolean tolerant,
                Task task,
                Wishes wishes,
                List<LeftOut> leftOut) {
            this.request = request;
            this.tenant = tenant;
            this.tolerant = tolerant;
            this.task = task;
            this.wishes = wishes;
            this.leftOut = new ArrayList<>(leftOut);
        }

        void consider(Route route) {
            try {
                List<String> warnings = Lack.settle(lacks(route), tolerant);
                OutputCeiling ceiling = fitting.bounded(request, route, tenant);
                if (!Fitting.fitsByBytes(ceiling, request)) {
                    ceiling = Fitting.counted(ceiling, counted());
                }
                ranked.add(placed(new Candidate(route, ceiling, warnings)));
            } catch (PlatformException unfit) {
                leftOut.add(LeftOut.unfit(route, unfit));
                long room = route.model().contextWindow() + route.model().maxOutputTokens();
                if (room > roomiest) {
                    roomiest = room;
                    refusal = unfit;
                }
            }
        }

        // Once per dialect, since each looks through the whole request.
        private List<Lack> lacks(Route route) {
            ProviderDialect dialect = route.provider().dialect();
            List<Lack> all = new ArrayList<>(lacks.computeIfAbsent(dialect.name(), name -> dialect.lacks(request)));
            all.addAll(dialect.untranslatable(request, route.model().model()));
            if (!isNamed() || !route.model().model().equals(request.model())) {
                all.addAll(dialect.lacks(request, route.model().model()));
            }
            return all;
        }

        private boolean isNamed() {
            return !wishes.models().isEmpty();
        }

        Ranking ranking() {
            if (ranked.isEmpty()) {
                throw refusal;
            }
            Ranking ranking = new Ranking(task, promptTokens(), ranked, wishes, leftOut);
            if (ranking.ranked().isEmpty()) {
                throw PlatformException.invalid(
                        "provider.order",
                        "Nobody in 'provider.order' can serve this call, and 'provider.allow_fallbacks' is false."
                                + " Name others, or allow fallbacks.");
            }
            return ranking;
        }

        private long counted() {
            if (counted < 0) {
                counted = PromptTokens.count(request, tokenizer);
            }
            return counted;
        }

        long promptTokens() {
            return counted < 0 && request.body().length > LONGEST_COUNTED
                    ? request.body().length / BYTES_PER_TOKEN
                    : counted();
        }

        private Ranked placed(Candidate candidate) {
            Route route = candidate.route();
            String model = route.model().model();
            OutputCeiling ceiling = candidate.ceiling();
            AnswerForecast usual = lengths.of(tenant.tenantId(), task.taskClass(), model);
            AnswerForecast answer = (task.offersTools() ? usual.orShorter() : usual).within(ceiling.outputLimit());
            CostForecast cost = CostForecast.of(
                    route.prices(), route.model(), prompt(route), answer, ceiling.choices(), ceiling.at());
            int place = isNamed()
                    ? ranked.size()
                    : routing.models(task.complexity()).indexOf(model);
            return new Ranked(
                    candidate,
                    cost,
                    answer,
                    Math.max(0, wishes.models().indexOf(model)),
                    own.isShut(tenant.tenantId(), route.provider(), at -> calls.isShut(at, model)),
                    wishes.placeOf(route),
                    isNamed() ? Fit.LISTED : Fit.of(model, task.complexity(), routing),
                    sorted(route, cost),
                    route.provider().name().equals(wishes.provider()),
                    place < 0 ? Integer.MAX_VALUE : place);
        }

        // Of a model that was named, the order of the books decides where nothing else is asked.
        private BigDecimal sorted(Route route, CostForecast cost) {
            Sort sort = wishes.sort();
            if (sort == null) {
                return isNamed() ? BigDecimal.valueOf(ranked.size()) : BigDecimal.ZERO;
            }
            return switch (sort) {
                case PRICE -> cost.expected().value();
                case LATENCY ->
                    speeds.firstMillis(route).map(BigDecimal::valueOf).orElse(Ranked.UNKNOWN);
                case THROUGHPUT ->
                    speeds.tokensPerSecond(route)
                            .map(speed -> BigDecimal.valueOf(-speed))
                            .orElse(Ranked.UNKNOWN);
            };
        }

        private Prompt prompt(Route route) {
            long tokens = promptTokens();
            boolean exact =
                    counted >= 0 && route.provider().dialect().name().equals(EXACTLY_COUNTED) && request.images() == 0;
            return new Prompt(tokens, exact ? tokens : (long) (tokens * LEAST_OF_OTHER_TOKENIZERS));
        }
    }
}
