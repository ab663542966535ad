package io.weir.orchestration.cache;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/// Where answers are. Every call ends soon, and fails where nothing can be known. Safe for use by many threads.
interface Answers {

    /// Empty: there is none.
    Mono<CachedAnswer> find(AnswerKey key);

    /// Keeps it in place of another.
    Mono<Void> keep(AnswerKey key, CachedAnswer answer, Duration ttl);

    /// The latest messages of these surroundings first.
    Mono<List<KeptPrompt>> prompts(FrameKey frame);

    /// One more of them; the oldest go where there are too many.
    Mono<Void> add(FrameKey frame, KeptPrompt prompt, Duration ttl);

    /// Forgets all of a tenant; says of how much there was.
    Mono<Long> clear(TenantId tenant);
}
