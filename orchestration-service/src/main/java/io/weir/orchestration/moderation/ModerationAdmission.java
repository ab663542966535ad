package io.weir.orchestration.moderation;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.orchestration.route.OwnCandidates;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Decides what a request for moderations is and where it can run, before anything is held.
///
/// @param own puts the tenant's own accounts into the plan
record ModerationAdmission(Admission admission, ModelCatalog catalog, OwnCandidates own, InstantSource clock) {

    /// As OpenAI has it.
    private static final String DEFAULT_MODEL = "omni-moderation-latest";

    private static final String OPENAI = "openai";

    /// How a request came in.
    ///
    /// @param at by [System#nanoTime]
    /// @param trace null: not sampled
    record Arrival(
            String requestId,
            Passport passport,
            Tags tags,
            long at,
            @Nullable TraceContext trace) {}

    /// Fails with a 4xx [PlatformException] that says what to change.
    Mono<ModerationCall> admit(Arrival arrival, byte[] body) {
        return Mono.deferContextual(context -> {
            TenantSnapshot tenant = admission.tenant(arrival.passport());
            ModerationRequest request = ModerationRequestReader.read(body);
            return Mono.just(new ModerationCall(
                    arrival.requestId(),
                    Payer.of(tenant, arrival.passport(), arrival.tags()),
                    request,
                    plan(request, tenant),
                    arrival.at(),
                    arrival.trace(),
                    context));
        });
    }

    // Scores of another model are not comparable: the same one elsewhere is all that may stand in.
    private Plan plan(ModerationRequest request, TenantSnapshot tenant) {
        String named = request.model();
        String wanted = named == null ? DEFAULT_MODEL : named;
        List<Route> routes =
                catalog.moderations(wanted, named == null ? "default" : "explicit", tenant, request.routing());
        if (routes.isEmpty()) {
            throw catalog.unknown(wanted, tenant);
        }
        List<Candidate> able = routes.stream()
                .filter(route -> route.provider().dialect().name().equals(OPENAI))
                .map(route -> candidate(route, clock.instant()))
                .toList();
        if (able.isEmpty()) {
            throw PlatformException.of(
                    ProblemType.MODEL_NOT_FOUND,
                    "model",
                    routes.getFirst().place() + " makes no moderations here. Choose another model of GET /v1/models.");
        }
        return new Plan(own.of(tenant, request.routing(), able), Optional.empty());
    }

    // Priced by the request: nothing that is read or written counts.
    private static Candidate candidate(Route route, Instant now) {
        return new Candidate(route, new OutputCeiling(route, 0, 1, 0, true, now), List.of());
    }
}
