package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.orchestration.cache.AnswerCache;
import io.weir.orchestration.cache.AnswerCache.Lookup;
import io.weir.orchestration.cache.CacheMeters.Result;
import io.weir.orchestration.cache.CachedAnswer;
import io.weir.orchestration.cache.GivenAgain;
import io.weir.orchestration.cache.StreamedCompletion;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Route;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Keeps one call's answer for others, where it is whole and by the model that was meant. Never fails the call.
final class AnswerRecording implements AnswerTap {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerRecording.class);

    // Of a request in a provider's own API, of whose answer chat completions have all there is.
    private static final Set<String> PLAIN_FIELDS = Set.of(
            "max_tokens",
            "messages",
            "metadata",
            "model",
            "stream",
            "system",
            "temperature",
            "tool_choice",
            "tools",
            "top_k",
            "top_p");

    private final Call call;
    private final AnswerCache cache;
    private final Lookup lookup;
    private final Result result;
    private final InstantSource clock;

    // Guarded by this object's monitor.
    private byte @Nullable [] whole;
    private @Nullable StreamedCompletion streamed;

    AnswerRecording(Call call, AnswerCache cache, Lookup lookup, Result result, InstantSource clock) {
        this.call = call;
        this.cache = cache;
        this.lookup = lookup;
        this.result = result;
        this.clock = clock;
    }

    Result result() {
        return result;
    }

    @Override
    public String cache() {
        return result.wireName();
    }

    @Override
    public synchronized void whole(byte[] completion) {
        whole = cache.fits(completion.length) ? completion : null;
    }

    @Override
    public synchronized void begins() {
        streamed = new StreamedCompletion(cache.largest());
    }

    @Override
    public synchronized void chunks(byte[] frames) {
        if (streamed != null && frames.length > 0) {
            streamed.take(frames);
        }
    }

    @Override
    public void settled(Settled settled, Consumption consumption) {
        try {
            if (settled.outcome() == Outcome.COMPLETED && isMeant(consumption.served())) {
                body().flatMap(body -> GivenAgain.of(body, usage(consumption)))
                        .ifPresent(answer -> cache.keep(lookup, answer(answer.whole(), settled, consumption)));
            }
        } catch (RuntimeException defect) {
            LOG.warn("The answer to request {} is not kept", call.requestId(), defect);
        }
    }

    private synchronized Optional<byte[]> body() {
        return streamed == null ? Optional.ofNullable(whole) : streamed.whole();
    }

    // Not of a fallback to another model; and not where the client's own API says more than is kept.
    private boolean isMeant(Candidate served) {
        Route meant = call.plan().candidates().getFirst().route();
        return served.route().model().model().equals(meant.model().model())
                && (!call.isNativeTo(served) || isPlain(call.request().original()));
    }

    private static boolean isPlain(ChatRequest.@Nullable Original original) {
        if (original == null) {
            return true;
        }
        JsonNode request = WireJson.read(original.body());
        boolean known = request.properties().stream().allMatch(field -> PLAIN_FIELDS.contains(field.getKey()));
        boolean functions = request.path("tools").values().stream()
                .allMatch(tool -> tool.path("type").asString("custom").equals("custom"));
        return known && functions && request.findValue("citations") == null;
    }

    private static JsonNode usage(Consumption consumption) {
        return ChatStream.usage(
                consumption.answered().buckets().input(),
                consumption.answered().buckets().output());
    }

    private CachedAnswer answer(byte[] completion, Settled settled, Consumption consumption) {
        Instant now = clock.instant();
        return new CachedAnswer(
                completion,
                settled.servedProvider(),
                settled.servedModel(),
                settled.routeReason(),
                consumption.answered().cost(),
                settled.baselineModel(),
                settled.baselineCost(),
                now,
                now.plus(lookup.ttl()));
    }
}
