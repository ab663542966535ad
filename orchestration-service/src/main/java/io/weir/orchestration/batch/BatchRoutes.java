package io.weir.orchestration.batch;

import io.weir.orchestration.batch.Batch.Status;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.cache.CacheWish;
import io.weir.orchestration.file.StoredFile.Purpose;
import io.weir.orchestration.file.StoredFiles;
import io.weir.orchestration.inference.ClientExchange;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantScope;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// OpenAI's batches API: `/v1/batches`.
final class BatchRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String PATH = "/v1/batches";
    private static final String ONE = PATH + "/{id}";
    private static final int MOST = 100;
    private static final int DEFAULT_LIMIT = 20;

    private final R2dbcBatches batches;
    private final StoredFiles files;
    private final Map<String, OfflineCalls> calls;
    private final BatchProperties limits;
    private final Runnable ordered;
    private final InstantSource clock;

    /// @param calls by their paths
    /// @param ordered called when there is more to do
    BatchRoutes(
            R2dbcBatches batches,
            StoredFiles files,
            Map<String, OfflineCalls> calls,
            BatchProperties limits,
            Runnable ordered,
            InstantSource clock) {
        this.batches = batches;
        this.files = files;
        this.calls = calls;
        this.limits = limits;
        this.ordered = ordered;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, CALLERS, this::create)
                .POST(PATH + "/", CALLERS, this::create)
                .GET(PATH, CALLERS, this::list)
                .GET(PATH + "/", CALLERS, this::list)
                .GET(ONE, CALLERS, this::one)
                .POST(ONE + "/cancel", CALLERS, this::cancel)
                .any(PATH, RouteAccess.signedIn(), BatchRoutes::wrongMethod)
                .any(PATH + "/**", RouteAccess.signedIn(), BatchRoutes::wrongMethod)
                .build();
    }

    private record Page(
            String object,
            List<BatchShown> data,
            @Nullable String first_id,
            @Nullable String last_id,
            boolean has_more) {}

    private static Mono<ServerResponse> json(Object body) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }

    private Mono<ServerResponse> create(ServerRequest request) {
        Passport passport = Access.passport(request);
        Tags tags = Tags.read(request.headers().header(Tags.HEADER));
        boolean fills = CacheWish.of(request) == CacheWish.REFRESH;
        return ClientExchange.body(request)
                .map(body -> BatchOrder.read(body, calls.keySet()))
                .doOnNext(order -> {
                    if (fills) {
                        Objects.requireNonNull(calls.get(order.endpoint())).demandKept(passport);
                    }
                })
                .flatMap(order -> files.find(passport.tenant(), order.input())
                        .filter(file -> file.purpose() == Purpose.BATCH)
                        .switchIfEmpty(Mono.error(
                                () -> BatchOrder.noInput(order.input().toString())))
                        .flatMap(file -> batches.insert(passport.tenant().id(), order(order, passport, tags, fills))))
                .contextWrite(TenantScope.entering(passport.tenant()))
                .doOnNext(batch -> ordered.run())
                .flatMap(batch -> json(BatchShown.of(batch)));
    }

    private R2dbcBatches.Order order(BatchOrder order, Passport passport, Tags tags, boolean fills) {
        return new R2dbcBatches.Order(
                new BatchId(files.newId().value()),
                order.endpoint(),
                order.input(),
                passport.keyId(),
                passport.subject(),
                String.join(",", tags.words()),
                fills,
                order.metadata(),
                files.newId(),
                files.newId(),
                clock.instant().plus(limits.window()));
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        Passport passport = Access.passport(request);
        int limit = limit(request);
        BatchId after = request.queryParam("after").map(BatchId::of).orElse(null);
        return batches.list(passport.tenant().id(), after, limit + 1)
                .contextWrite(TenantScope.entering(passport.tenant()))
                .flatMap(found -> json(page(found, limit)));
    }

    private static Page page(List<Batch> found, int limit) {
        List<BatchShown> data = found.stream().limit(limit).map(BatchShown::of).toList();
        return new Page(
                "list",
                data,
                data.isEmpty() ? null : data.getFirst().id(),
                data.isEmpty() ? null : data.getLast().id(),
                found.size() > limit);
    }

    private static int limit(ServerRequest request) {
        String text = request.queryParam("limit").orElse("" + DEFAULT_LIMIT);
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            // As one that is too large.
        }
        throw PlatformException.invalid("limit", "Invalid limit. Use a whole number from 1 to " + MOST + ".");
    }

    private Mono<ServerResponse> one(ServerRequest request) {
        Passport passport = Access.passport(request);
        String id = request.pathVariable("id");
        return Mono.defer(() -> batches.find(passport.tenant().id(), BatchId.of(id)))
                .switchIfEmpty(Mono.error(() -> BatchId.unknown(id)))
                .contextWrite(TenantScope.entering(passport.tenant()))
                .flatMap(batch -> json(BatchShown.of(batch)));
    }

    private Mono<ServerResponse> cancel(ServerRequest request) {
        Passport passport = Access.passport(request);
        String id = request.pathVariable("id");
        return Mono.defer(() -> batches.cancel(passport.tenant().id(), BatchId.of(id)))
                .switchIfEmpty(Mono.error(() -> BatchId.unknown(id)))
                .contextWrite(TenantScope.entering(passport.tenant()))
                .doOnNext(BatchRoutes::demandCancelled)
                .doOnNext(batch -> ordered.run())
                .flatMap(batch -> json(BatchShown.of(batch)));
    }

    // To cancel again what is cancelled is no mistake.
    private static void demandCancelled(Batch batch) {
        if (batch.status() != Status.CANCELLING && batch.status() != Status.CANCELLED) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "This batch is " + BatchShown.of(batch).status() + ", so that it cannot be cancelled any more.");
        }
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
