package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.problem.PlatformException;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The exchanges that run now, long streams among them. Those of a key that is revoked, or of a tenant that is
/// suspended, are ended. What would last for ever ends with its key's expiry, too, whenever that was set.
public final class OpenExchanges {

    private final Set<OpenExchange> all = ConcurrentHashMap.newKeySet();
    private final Function<Caller, Authentication> current;
    private final InstantSource clock;

    /// @param current what a caller that was proven is worth now
    OpenExchanges(Function<Caller, Authentication> current, InstantSource clock) {
        this.current = current;
        this.clock = clock;
    }

    /// Runs the exchange until it is done or its caller's right to it is taken away; then it fails with the reason. An
    /// expiry that its key has anyway lets it finish.
    ///
    /// @param further what else the caller, as it stands at each change, must fulfil; gives the reason where it
    ///     does not
    public Mono<Void> until(Caller caller, Function<Caller, @Nullable PlatformException> further, Mono<Void> exchange) {
        return until(caller, further, exchange, Mono::error);
    }

    /// As [#until].
    ///
    /// @param ending given the reason, fails when the exchange is to end; until then it may end by itself
    public Mono<Void> until(
            Caller caller,
            Function<Caller, @Nullable PlatformException> further,
            Mono<Void> exchange,
            Function<PlatformException, Mono<Void>> ending) {
        return run(caller, false, further, exchange, ending);
    }

    /// As [#until], and no longer than to the expiry of the caller's key.
    public Mono<Void> untilExpiry(
            Caller caller, Function<Caller, @Nullable PlatformException> further, Mono<Void> exchange) {
        return untilExpiry(caller, further, exchange, Mono::error);
    }

    /// As [#until], and no longer than to the expiry of the caller's key.
    public Mono<Void> untilExpiry(
            Caller caller,
            Function<Caller, @Nullable PlatformException> further,
            Mono<Void> exchange,
            Function<PlatformException, Mono<Void>> ending) {
        return run(caller, true, further, exchange, ending);
    }

    /// How many run now.
    public int size() {
        return all.size();
    }

    /// To be told of every change of a key.
    public void keyChanged(SnapshotChange<ApiKeySnapshot> change) {
        check(open -> open.caller().credential() instanceof Credential.OfKey key
                && key.id().equals(change.key()));
    }

    /// To be told of every change of a member.
    public void memberChanged(SnapshotChange<MemberSnapshot> change) {
        check(open -> open.caller().credential() instanceof Credential.OfPerson person
                && person.subject().equals("member:" + change.key()));
    }

    /// To be told of every change of a tenant.
    public void tenantChanged(SnapshotChange<TenantSnapshot> change) {
        check(open -> open.caller().tenantId().equals(change.key()));
    }

    // Looked at again once it is listed, so that no change falls between proof and listing.
    private Mono<Void> run(
            Caller caller,
            boolean expires,
            Function<Caller, @Nullable PlatformException> further,
            Mono<Void> exchange,
            Function<PlatformException, Mono<Void>> ending) {
        return Mono.defer(() -> {
            OpenExchange open = new OpenExchange(caller, expires, further, current, clock);
            all.add(open);
            Mono<Void> end = open.end().onErrorResume(PlatformException.class, ending);
            // Not takeUntilOther: where the other one fails, that lets the first run on.
            Mono<Void> running = open.check() ? Mono.firstWithSignal(end, exchange) : open.end();
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
