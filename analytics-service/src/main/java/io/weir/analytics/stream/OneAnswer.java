package io.weir.analytics.stream;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/// One question and one answer for all who want to know the same at the same time: after a restart everybody comes
/// back at once, and readers of one tenant lack the same. Nothing is kept once it is answered, or failed. Safe for
/// use by many threads.
final class OneAnswer<K, V> {

    private final ConcurrentMap<K, Mono<V>> asked = new ConcurrentHashMap<>();

    /// @param question what the key asks for; goes on where who asked first has left
    Mono<V> to(K key, Supplier<Mono<V>> question) {
        return Mono.defer(() -> asked.computeIfAbsent(
                key,
                absent -> Mono.defer(question)
                        .doFinally(signal -> asked.remove(key))
                        .cache()));
    }
}
