package io.weir.r2dbc.governance;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Answers of one query, kept for the tenant that asked. The tenant comes from the Reactor context and is part of
/// every key by construction: nobody is ever answered with what another asked.
///
/// Equal questions that come while the first is being answered wait for it. Errors and empty answers are not kept.
/// Whoever writes says so ([#written]); from then on nobody sees what was read before. Answers hold nothing that the
/// reader could change. Safe for use by many threads.
public final class TenantCache<T> {

    private final String query;
    private final Duration patience;
    private final AsyncCache<Key, T> answers;

    /// @param query names the query, in messages
    /// @param most answers that are kept, of all tenants together
    /// @param age after which an answer is read anew, whether or not anybody wrote
    /// @param patience how long one reading may take
    public TenantCache(String query, int most, Duration age, Duration patience) {
        this.query = query;
        this.patience = patience;
        this.answers =
                Caffeine.newBuilder().maximumSize(most).expireAfterWrite(age).buildAsync();
    }

    private record Key(TenantId tenant, List<Object> arguments) {}

    /// The answer for the tenant in the context; fails with [io.weir.tenancy.MissingTenantException] where there is
    /// none. The reading runs for that tenant and with nothing else of the asker's context, outside of any
    /// transaction; it goes on when the asker leaves, as others may wait for it.
    ///
    /// @param arguments values with `equals`, the same for the same answer
    public Mono<T> get(List<?> arguments, Mono<T> reading) {
        return TenantScope.current()
                .flatMap(tenant -> Mono.defer(() -> {
                    Key key = new Key(tenant.id(), List.copyOf(arguments));
                    CompletableFuture<T> answer = answers.get(key, (absent, executor) -> begun(tenant, reading));
                    return Mono.fromFuture(Objects.requireNonNull(answer), true)
                            .onErrorMap(TimeoutException.class, this::late);
                }));
    }

    /// The work, after which, however it ended, nothing read before is answered any more. The answers are gone before
    /// the work's end is heard of.
    public <R> Mono<R> written(Mono<R> work) {
        return TenantScope.current()
                .flatMap(tenant -> work.doOnTerminate(() -> forget(tenant.id())).doOnCancel(() -> forget(tenant.id())));
    }

    /// What another process wrote, as a snapshot tells.
    public void forget(TenantId tenant) {
        answers.asMap().keySet().removeIf(key -> key.tenant().equals(tenant));
    }

    /// What concerns all tenants has changed.
    public void forgetAll() {
        answers.asMap().clear();
    }

    long size() {
        answers.synchronous().cleanUp();
        return answers.synchronous().estimatedSize();
    }

    // Caffeine keeps neither a failed future nor one that ends with null, and one that was forgotten while it ran
    // does not come back.
    private CompletableFuture<@Nullable T> begun(TenantContext tenant, Mono<T> reading) {
        return reading.contextWrite(TenantScope.entering(tenant))
                .timeout(patience)
                .toFuture();
    }

    private IllegalStateException late(TimeoutException late) {
        return new IllegalStateException("reading " + query + " took longer than " + patience, late);
    }
}
