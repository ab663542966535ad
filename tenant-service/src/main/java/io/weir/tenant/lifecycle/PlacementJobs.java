package io.weir.tenant.lifecycle;

import io.weir.r2dbc.TenantTransaction;
import io.weir.r2dbc.placement.move.Move;
import io.weir.r2dbc.placement.move.MoveState;
import io.weir.tenancy.Placement;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.placement.TenantMoves;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Jobs that are moves: the registry of placements knows how far each is.
@Component
final class PlacementJobs {

    /// The kind of these jobs.
    static final String KIND = "placement";

    // What remains once the rows are copied, as a share of the whole.
    private static final double AFTER_COPY = 0.1;
    private static final long SECONDS_AFTER_COPY = 5;

    private final TenantMoves moves;
    private final TenantTransaction transaction;
    private final Jobs jobs;
    private final Clock clock;

    PlacementJobs(TenantMoves moves, TenantTransaction transaction, Jobs jobs, Clock clock) {
        this.moves = moves;
        this.transaction = transaction;
        this.jobs = jobs;
        this.clock = clock;
    }

    /// Begins a move, in the scope of the tenant; its job has the move's id.
    Mono<Jobs.Job> begin(Tenant tenant, Placement target) {
        return moves.begin(tenant, target)
                .flatMap(id -> transaction.in(client -> jobs.begin(client, tenant.id(), id, KIND, tenant.version())))
                .flatMap(this::told);
    }

    /// The job as it stands: that of a move as the move is, any other as it is.
    Mono<Jobs.Job> told(Jobs.Job job) {
        return job.kind().equals(KIND)
                ? moves.find(job.tenantId(), job.jobId())
                        .map(move -> job(job, move))
                        .defaultIfEmpty(job)
                : Mono.just(job);
    }

    private Jobs.Job job(Jobs.Job job, Move move) {
        return new Jobs.Job(
                job.jobId(),
                job.tenantId(),
                KIND,
                state(move.state()),
                progress(move),
                etaSeconds(move),
                move.error(),
                job.createdAt(),
                result(move));
    }

    private static String state(MoveState state) {
        return switch (state) {
            case DONE -> "succeeded";
            case ROLLED_BACK, FAILED -> "failed";
            default -> "running";
        };
    }

    private static double progress(Move move) {
        return switch (move.state()) {
            case DONE -> 1;
            case COPYING, ROLLED_BACK, FAILED -> copied(move) * (1 - AFTER_COPY);
            case CATCHING_UP, FENCING, VERIFYING -> 1 - AFTER_COPY;
            case SWITCHED, DRAINING -> 0.99;
        };
    }

    private static double copied(Move move) {
        return move.rowsTotal() == 0 ? 0 : Math.min(1, (double) move.rowsCopied() / move.rowsTotal());
    }

    // As fast as so far.
    private @Nullable Long etaSeconds(Move move) {
        Instant started = move.startedAt();
        return switch (move.state()) {
            case DONE, ROLLED_BACK, FAILED -> null;
            case COPYING ->
                started == null || move.rowsCopied() == 0
                        ? null
                        : Duration.between(started, clock.instant()).toSeconds()
                                        * (move.rowsTotal() - move.rowsCopied())
                                        / move.rowsCopied()
                                + SECONDS_AFTER_COPY;
            case CATCHING_UP, FENCING, VERIFYING, SWITCHED, DRAINING -> SECONDS_AFTER_COPY;
        };
    }

    private static ObjectNode result(Move move) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("target", move.target().wireName());
        result.put("step", move.state().word());
        result.put("rowsCopied", move.rowsCopied());
        result.put("rowsTotal", move.rowsTotal());
        Long pause = move.fenceMillis();
        if (pause != null) {
            result.put("writePauseMs", pause);
        }
        return result;
    }
}
