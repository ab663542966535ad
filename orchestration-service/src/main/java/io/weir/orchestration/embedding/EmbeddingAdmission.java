package io.weir.orchestration.embedding;

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
import io.weir.security.Passport;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Decides what a request for embeddings is and where it can run, before anything is held.
final class EmbeddingAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingAdmission.class);

    private final Admission admission;
    private final ModelCatalog catalog;
    private final OwnCandidates own;
    private final InstantSource clock;

    EmbeddingAdmission(Admission admission, ModelCatalog catalog, OwnCandidates own, InstantSource clock) {
        this.admission = admission;
        this.catalog = catalog;
        this.own = own;
        this.clock = clock;
    }

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
    Mono<EmbeddingCall> admit(Arrival arrival, byte[] body) {
        return Mono.deferContextual(context -> {
            TenantSnapshot tenant = admission.tenant(arrival.passport());
            EmbeddingRequest request = EmbeddingRequestReader.read(body);
            return Mono.just(new EmbeddingCall(
                    arrival.requestId(),
                    Payer.of(tenant, arrival.passport(), arrival.tags()),
                    true,
                    request,
                    plan(request, tenant),
                    arrival.at(),
                    arrival.trace(),
                    context));
        });
    }

    /// The same of our own accord, on a tenant's account.
    Mono<EmbeddingCall> admit(String requestId, Payer payer, EmbeddingRequest request) {
        return Mono.deferContextual(context -> Mono.just(new EmbeddingCall(
                requestId, payer, false, request, plan(request, payer.tenant()), System.nanoTime(), null, context)));
    }

    // Vectors of another model would be of no use: the same one elsewhere is all that may stand in.
    private Plan plan(EmbeddingRequest request, TenantSnapshot tenant) {
        String wanted = wanted(request, tenant.settings());
        String reason = request.model() == null ? "tenant-default" : "explicit";
        List<Route> routes = catalog.embeddings(
                wanted, reason, tenant, request.routing(), request.inputs().tokenBound());
        if (routes.isEmpty()) {
            throw catalog.unknown(wanted, tenant);
        }
        if (request.dimensions() != null) {
            Dimensions.check(wanted, request.dimensions());
        }
        return new Plan(own.of(tenant, request.routing(), candidates(request, routes)), Optional.empty());
    }

    // What the first provider cannot do is told; others that cannot either are left out.
    private List<Candidate> candidates(EmbeddingRequest request, List<Route> routes) {
        Instant now = clock.instant();
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(candidate(request, routes.getFirst(), now));
        routes.stream().skip(1).forEach(route -> {
            try {
                candidates.add(candidate(request, route, now));
            } catch (PlatformException cannot) {
                LOG.debug("{} cannot take it: {}", route.place(), cannot.getMessage());
            }
        });
        return candidates;
    }

    private static String wanted(EmbeddingRequest request, TenantSettings settings) {
        String wanted = request.model() == null ? settings.models().embedding() : request.model();
        if (wanted == null) {
            throw PlatformException.invalid(
                    "model",
                    "Missing required parameter: 'model'. Name a model for embeddings of GET /v1/models; this tenant"
                            + " has no default.");
        }
        return wanted;
    }

    // Nothing is written, so the input is all that can cost.
    private static Candidate candidate(EmbeddingRequest request, Route route, Instant now) {
        EmbeddingDialect.of(route).check(request);
        return new Candidate(
                route, new OutputCeiling(route, request.inputs().tokenBound(), 1, 0, true, now), List.of());
    }
}
