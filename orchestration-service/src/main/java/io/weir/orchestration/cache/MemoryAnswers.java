package io.weir.orchestration.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/// Answers in this process, bounded by their size.
final class MemoryAnswers implements Answers {

    private static final int LONGEST_LISTS = 10_000;

    private record Kept<T>(T what, long nanos) {}

    private static final class Lifetime<K, T> implements Expiry<K, Kept<T>> {

        @Override
        public long expireAfterCreate(K key, Kept<T> kept, long now) {
            return kept.nanos();
        }

        @Override
        public long expireAfterUpdate(K key, Kept<T> kept, long now, long left) {
            return kept.nanos();
        }

        @Override
        public long expireAfterRead(K key, Kept<T> kept, long now, long left) {
            return left;
        }
    }

    private final Cache<AnswerKey, Kept<CachedAnswer>> answers;
    private final Cache<FrameKey, Kept<List<KeptPrompt>>> prompts;
    private final int candidates;

    /// @param candidates messages of the same surroundings
    MemoryAnswers(DataSize most, int candidates) {
        this.candidates = candidates;
        // Who adds what is too much makes room, at once.
        this.answers = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(most.toBytes())
                .weigher((AnswerKey key, Kept<CachedAnswer> kept) -> kept.what().weight())
                .expireAfter(new Lifetime<AnswerKey, CachedAnswer>())
                .build();
        this.prompts = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumSize(LONGEST_LISTS)
                .expireAfter(new Lifetime<FrameKey, List<KeptPrompt>>())
                .build();
    }

    @Override
    public Mono<CachedAnswer> find(AnswerKey key) {
        return Mono.fromSupplier(() -> answers.getIfPresent(key)).map(Kept::what);
    }

    @Override
    public Mono<Void> keep(AnswerKey key, CachedAnswer answer, Duration ttl) {
        return Mono.fromRunnable(() -> answers.put(key, new Kept<>(answer, ttl.toNanos())));
    }

    @Override
    public Mono<List<KeptPrompt>> prompts(FrameKey frame) {
        return Mono.fromSupplier(() -> {
            Kept<List<KeptPrompt>> kept = prompts.getIfPresent(frame);
            return kept == null ? List.of() : kept.what();
        });
    }

    @Override
    public Mono<Void> add(FrameKey frame, KeptPrompt prompt, Duration ttl) {
        return Mono.fromRunnable(() -> prompts.asMap().compute(frame, (same, kept) -> {
            List<KeptPrompt> all = new ArrayList<>();
            all.add(prompt);
            if (kept != null) {
                kept.what().stream()
                        .filter(other -> !other.equals(prompt))
                        .limit(candidates - 1L)
                        .forEach(all::add);
            }
            return new Kept<>(List.copyOf(all), ttl.toNanos());
        }));
    }

    @Override
    public Mono<Long> clear(TenantId tenant) {
        return Mono.fromSupplier(() -> {
            long before = answers.asMap().keySet().stream()
                    .filter(key -> key.tenant().equals(tenant))
                    .count();
            answers.asMap().keySet().removeIf(key -> key.tenant().equals(tenant));
            prompts.asMap().keySet().removeIf(key -> key.tenant().equals(tenant));
            return before;
        });
    }
}
