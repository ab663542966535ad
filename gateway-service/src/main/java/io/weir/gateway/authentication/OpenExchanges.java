package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The exchanges that run now, long streams among them. Those of a key that is revoked, or of a tenant that is
/// suspended, are ended: before their answer with a refusal, in mid-answer by closing the connection. What would last
/// for ever ends with its key's expiry, too, whenever that was set.
public final class OpenExchanges {

    private final Set<OpenExchange> all = ConcurrentHashMap.newKeySet();
    private final Function<String, Authentication> current;
    private final InstantSource clock;

    /// @param current what a key is worth now, by its id
    OpenExchanges(Function<String, Authentication> current, InstantSource clock) {
        this.current = current;
        this.clock = clock;
    }

    /// Runs the exchange until it is done or its caller's right to it is taken away. An expiry that its key has
    /// anyway lets it finish.
    public Mono<Void> until(Caller caller, Mono<Void> exchange) {
        return run(caller, false, exchange);
    }

    /// As [#until], and no longer than to the expiry of the caller's key.
    public Mono<Void> untilExpiry(Caller caller, Mono<Void> exchange) {
        return run(caller, true, exchange);
    }

    /// How many run now.
    public int size() {
        return all.size();
    }

    /// To be told of every change of a key.
    public void keyChanged(SnapshotChange<ApiKeySnapshot> change) {
        check(open -> open.caller().key().keyId().equals(change.key()));
    }

    /// To be told of every change of a tenant.
    public void tenantChanged(SnapshotChange<TenantSnapshot> change) {
        check(open -> open.caller().tenantId().equals(change.key()));
    }

    // Looked at again once it is listed, so that no change falls between proof and listing.
    private Mono<Void> run(Caller caller, boolean expires, Mono<Void> exchange) {
        return Mono.defer(() -> {
            OpenExchange open = new OpenExchange(caller, expires, current, clock);
            all.add(open);
            Mono<Void> running = open.check() ? exchange.takeUntilOther(open.end()) : open.end();
            return running.doFinally(signal -> {
                all.remove(open);
                open.close();
            });
        });
    }

    private void check(Predicate<OpenExchange> affected) {
        List<OpenExchange> found = all.stream().filter(affected).toList();
        if (!found.isEmpty()) {
            // Not on the reader's thread: ending thousands of streams must not hold up the next change.
            Schedulers.boundedElastic().schedule(() -> found.forEach(OpenExchange::check));
        }
    }
}
