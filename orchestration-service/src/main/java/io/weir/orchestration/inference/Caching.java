package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.cache.AnswerCache;
import io.weir.orchestration.cache.AnswerCache.Hit;
import io.weir.orchestration.cache.AnswerCache.Lookup;
import io.weir.orchestration.cache.CacheMeters.Result;
import io.weir.orchestration.cache.CacheWish;
import io.weir.orchestration.cache.CachedAnswer;
import io.weir.orchestration.cache.GivenAgain;
import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Route;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// Gives answers again where the tenant wants it so, and has new ones kept. What is given again was asked of nobody: it
/// holds nothing, costs nothing, and is settled in the ledger before its client gets it, with what it saved.
final class Caching {

    private final AnswerCache cache;
    private final CallParts parts;
    private final InstantSource clock;

    Caching(AnswerCache cache, CallParts parts, InstantSource clock) {
        this.cache = cache;
        this.parts = parts;
        this.clock = clock;
    }

    /// Answers the call, by itself or by running it.
    Mono<ServerResponse> through(ServerRequest request, Call call, Function<Call, Mono<ServerResponse>> run) {
        CacheWish wish = CacheWish.of(request);
        Optional<Lookup> lookup = lookup(call);
        if (lookup.isEmpty()) {
            return run.apply(call);
        }
        return switch (wish) {
            case BYPASS -> run.apply(tapped(call, new Told(Result.BYPASS)));
            case REFRESH -> run.apply(recorded(call, lookup.get(), Result.REFRESH));
            case NONE ->
                cache.find(lookup.get(), call.payer())
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(hit -> hit.map(found -> given(call, found))
                                .orElseGet(() -> run.apply(recorded(call, lookup.get(), Result.MISS))));
        };
    }

    private Optional<Lookup> lookup(Call call) {
        // Most tenants want none, and what follows is written out for each call.
        if (!cache.serves(call.tenant())) {
            return Optional.empty();
        }
        ChatRequest chat = call.request();
        ChatRequest.Original original = chat.original();
        Candidate candidate = call.plan().candidates().getFirst();
        Route route = candidate.route();
        return cache.lookup(
                call.tenant(),
                chat.body(),
                original == null ? null : original.body(),
                List.of(
                        call.asked().getClass().getSimpleName(),
                        call.tenant().settings().toString(),
                        route.provider().name(),
                        route.model().toString(),
                        route.prices().bookId(),
                        Long.toString(route.prices().version()),
                        String.join(",", candidate.warnings())));
    }

    /// Says what was done, and nothing else.
    private record Told(Result result) implements AnswerTap {

        @Override
        public String cache() {
            return result.wireName();
        }
    }

    /// The same call, whose answer is kept in place of what there is, if such are.
    Call filling(Call call) {
        return lookup(call)
                .map(lookup -> recorded(call, lookup, Result.REFRESH))
                .orElse(call);
    }

    /// Whether answers of that tenant are kept.
    boolean serves(TenantSnapshot tenant) {
        return cache.serves(tenant);
    }

    private Call recorded(Call call, Lookup lookup, Result result) {
        return tapped(call, new AnswerRecording(call, cache, lookup, result, clock));
    }

    private Call tapped(Call call, AnswerTap tap) {
        cache.meters().count(tap instanceof Told told ? told.result() : ((AnswerRecording) tap).result());
        return call.with(tap);
    }

    private Mono<ServerResponse> given(Call call, Hit hit) {
        return Mono.defer(() -> {
            CachedAnswer answer = hit.answer();
            AnswerIdentity identity = new AnswerIdentity(
                    "chatcmpl-" + call.requestId(),
                    answer.model(),
                    clock.instant().getEpochSecond());
            GivenAgain again = GivenAgain.of(answer, identity.id(), identity.created());
            byte[] body = call.streams()
                    ? stream(call, again, identity)
                    : call.asked().answer(again.whole(), identity);
            parts.open().begin();
            return parts.books()
                    .settleGiven(call, settled(call, hit, body.length))
                    .doFinally(end -> parts.open().end())
                    .then(Mono.defer(() -> {
                        cache.meters().count(hit.semantic() ? Result.SEMANTIC : Result.HIT);
                        cache.meters().countSaved(hit.semantic(), answer.cost());
                        return written(call, hit, body);
                    }));
        });
    }

    private static byte[] stream(Call call, GivenAgain again, AnswerIdentity identity) {
        SurfaceStream frames = call.asked().stream(identity);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(frames.chunks(again.frames(call.request().includeUsage() ? "0" : null)));
        all.writeBytes(frames.end());
        return all.toByteArray();
    }

    // Nobody was asked, so that there is no attempt.
    private static Settled settled(Call call, Hit hit, long bytes) {
        CachedAnswer answer = hit.answer();
        List<SavingsLine> savings = new ArrayList<>();
        line("routing", answer.baselineCost().minus(answer.cost()), savings);
        line("cache", answer.cost(), savings);
        return new Settled(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                call.requestedModel(),
                answer.provider(),
                answer.model(),
                List.of(),
                Amount.ZERO,
                answer.baselineModel(),
                answer.baselineCost(),
                savings,
                Outcome.COMPLETED,
                call.streams(),
                true,
                call.elapsedMillis(),
                call.streams() ? Long.valueOf(call.elapsedMillis()) : null,
                hit.cache(),
                answer.routeReason(),
                call.bytesIn(),
                bytes,
                CallBooks.tags(call));
    }

    private static void line(String reason, Amount saved, List<SavingsLine> lines) {
        if (!saved.isZero()) {
            lines.add(new SavingsLine(reason, saved));
        }
    }

    private Mono<ServerResponse> written(Call call, Hit hit, byte[] body) {
        boolean streams = call.streams();
        return ServerResponse.ok()
                .contentType(streams ? MediaType.TEXT_EVENT_STREAM : MediaType.APPLICATION_JSON)
                .headers(headers -> describe(headers, call, hit, clock.instant()))
                .body((message, context) -> {
                    if (!streams) {
                        message.getHeaders().setContentLength(body.length);
                    }
                    return message.writeWith(Mono.just(message.bufferFactory().wrap(body)));
                });
    }

    private static void describe(HttpHeaders headers, Call call, Hit hit, Instant now) {
        headers.set("x-request-id", call.requestId());
        headers.set("x-served-model", hit.answer().model());
        headers.set("x-route-reason", hit.answer().routeReason());
        headers.set("x-cache", (hit.semantic() ? Result.SEMANTIC : Result.HIT).wireName());
        headers.set("age", Long.toString(age(hit, now)));
        headers.set("x-fallback-count", "0");
        headers.set("openai-processing-ms", Long.toString(call.elapsedMillis()));
        List<String> warnings = call.plan().candidates().getFirst().warnings();
        if (!warnings.isEmpty()) {
            headers.set("x-weir-warnings", String.join(", ", warnings));
        }
        if (call.streams()) {
            headers.set(HttpHeaders.CACHE_CONTROL, "no-cache");
            headers.set("X-Accel-Buffering", "no");
        } else {
            headers.set("x-cost-usd", "0");
        }
    }

    private static long age(Hit hit, Instant now) {
        return Math.max(0, Duration.between(hit.answer().at(), now).toSeconds());
    }
}
