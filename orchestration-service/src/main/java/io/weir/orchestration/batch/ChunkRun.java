package io.weir.orchestration.batch;

import io.weir.orchestration.batch.Batch.Status;
import io.weir.orchestration.batch.R2dbcWork.Claim;
import io.weir.orchestration.batch.R2dbcWork.Known;
import io.weir.orchestration.batch.RequestLine.Fault;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Runs the lines of one chunk that have not ended, some at once. A line ends in one answer or one
/// error; where its provider fails or is overloaded it runs again, under another number and after a
/// pause.
final class ChunkRun {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkRun.class);
    private static final int MOST_WRITES = 8;

    private final WorkParts parts;
    private final OfflineCalls calls;
    private final TenantContext tenant;
    private final Batch batch;
    private final Claim claim;
    private final Chunk chunk;
    private final Held held;

    ChunkRun(WorkParts parts, OfflineCalls calls, TenantContext tenant, Batch batch, Claim claim, Chunk chunk) {
        this.parts = parts;
        this.calls = calls;
        this.tenant = tenant;
        this.batch = batch;
        this.claim = claim;
        this.chunk = chunk;
        this.held = new Held(
                parts.work().renew(claim, chunk.number()).contextWrite(TenantScope.entering(tenant)),
                Status.IN_PROGRESS,
                parts.limits().claim().dividedBy(3));
    }

    /// Nothing new is begun; what is under way is awaited.
    void stop() {
        held.stop();
    }

    /// Completes when all lines have ended, or those that are under way when it is stopped, or when the
    /// claim is lost.
    Mono<Void> run() {
        return parts.work()
                .known(claim, chunk.firstLine(), parts.limits().chunkLines() * 2)
                .flatMap(this::all)
                .takeUntilOther(held.lost())
                .onErrorResume(failed -> {
                    LOG.warn("Chunk {} of {} is run later", chunk.number(), batch.id(), failed);
                    return Mono.just(false);
                })
                .flatMap(done -> parts.work().leave(claim, chunk.number(), done))
                .then()
                .doFinally(end -> held.dispose())
                .contextWrite(TenantScope.entering(tenant));
    }

    private Mono<Boolean> all(Map<Integer, Known> known) {
        return parts.lines(batch, tenant.id(), chunk)
                .takeUntilOther(held.stopped())
                .filter(line -> !isOver(known.get(line.number())))
                .flatMap(
                        line -> one(line, known.get(line.number())),
                        parts.limits().callsAtOnce(),
                        1)
                .all(ended -> ended)
                .map(ended -> ended && !held.isStopped());
    }

    private static boolean isOver(@Nullable Known known) {
        return known != null && known.ended();
    }

    // False: it has not ended, since it was stopped in between.
    private Mono<Boolean> one(LineSplitter.Line line, @Nullable Known known) {
        RequestLine request;
        try {
            request = RequestLine.read(line, batch.endpoint());
        } catch (Fault changed) {
            return Mono.error(new IllegalStateException("line " + line.number() + " is another than it was", changed));
        }
        return result(line.number(), known == null ? 0 : known.runs(), request)
                .flatMap(result -> write(result).thenReturn(true))
                .defaultIfEmpty(false);
    }

    private Mono<ResultLine> result(int line, int run, RequestLine request) {
        return Mono.defer(() -> {
                    demandUsualTier(request);
                    return calls.run(order(line, run), request.body());
                })
                .map(body -> ResultLine.answered(batch.id(), line, run, request.customId(), body))
                .onErrorResume(failure -> afterFailure(line, run, request, failure));
    }

    private static void demandUsualTier(RequestLine request) {
        if (RequestLine.otherTier(request.body()) != null) {
            throw PlatformException.invalid(
                    "service_tier", "A batch has a service tier of its own. Leave service_tier out.");
        }
    }

    private OfflineCalls.Order order(int line, int run) {
        return new OfflineCalls.Order(
                batch.id().requestId(line, run),
                tenant,
                batch.keyId(),
                batch.subject(),
                batch.asTags(),
                batch.fillsCache());
    }

    private Mono<ResultLine> afterFailure(int line, int run, RequestLine request, Throwable failure) {
        PlatformException problem = ResultLine.problem(failure);
        int next = run + 1;
        if (!ResultLine.mayPass(problem) || next >= parts.limits().maxRuns()) {
            if (problem.type().status() >= 500 && problem != failure) {
                LOG.info("Line {} of {} failed: {}", line, batch.id(), failure.toString());
            }
            return Mono.just(ResultLine.refused(batch.id(), line, run, request.customId(), problem));
        }
        Duration asked = ResultLine.wait(failure);
        Duration pause = parts.limits().pauseBefore(next);
        Duration longer = asked != null && asked.compareTo(pause) > 0 && asked.toMinutes() < 5 ? asked : pause;
        return parts.work()
                .running(claim, chunk.number(), line, next)
                .filter(written -> !held.isStopped())
                .delayUntil(written -> Mono.delay(longer).takeUntilOther(held.stopped()))
                .filter(written -> !held.isStopped())
                .flatMap(written -> result(line, next, request));
    }

    // What was answered is paid for: it is written as soon as the database takes it.
    private Mono<Void> write(ResultLine result) {
        return parts.work()
                .ended(claim, chunk.number(), result)
                .retryWhen(Retry.backoff(MOST_WRITES, Duration.ofMillis(50)).maxBackoff(Duration.ofSeconds(2)))
                .then();
    }
}
