package io.weir.orchestration.cache;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import reactor.core.publisher.Mono;

/// Answers that others share, of which this process has some at hand for a short while.
final class NearAnswers implements Answers {

    private final MemoryAnswers near;
    private final Answers shared;
    private final Duration atHand;
    private final InstantSource clock;

    NearAnswers(MemoryAnswers near, Answers shared, Duration atHand, InstantSource clock) {
        this.near = near;
        this.shared = shared;
        this.atHand = atHand;
        this.clock = clock;
    }

    @Override
    public Mono<CachedAnswer> find(AnswerKey key) {
        return near.find(key)
                .switchIfEmpty(Mono.defer(() -> shared.find(key))
                        .flatMap(found -> near.keep(key, found, atHand(found)).thenReturn(found)));
    }

    private Duration atHand(CachedAnswer found) {
        Duration left = Duration.between(clock.instant(), found.until());
        return left.compareTo(atHand) < 0 ? left : atHand;
    }

    @Override
    public Mono<Void> keep(AnswerKey key, CachedAnswer answer, Duration ttl) {
        Duration here = ttl.compareTo(atHand) < 0 ? ttl : atHand;
        return near.keep(key, answer, here).then(shared.keep(key, answer, ttl));
    }

    @Override
    public Mono<List<KeptPrompt>> prompts(FrameKey frame) {
        return shared.prompts(frame);
    }

    @Override
    public Mono<Void> add(FrameKey frame, KeptPrompt prompt, Duration ttl) {
        return shared.add(frame, prompt, ttl);
    }

    @Override
    public Mono<Long> clear(TenantId tenant) {
        return near.clear(tenant).then(shared.clear(tenant));
    }
}
