package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.gateway.ending.StreamEnding;
import io.weir.problem.PlatformException;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/// The exchanges that run now, long streams among them. Those of a key that is revoked, or of a tenant that is
/// suspended, are ended: before their answer with a refusal, an event stream with an error event, any other
/// answer by closing the connection. What would last
/// for ever ends with its key's expiry, too, whenever that was set.
public final class OpenExchanges {

    private static final Duration GOODBYE = Duration.ofMillis(500);

    private final Set<OpenExchange> all = ConcurrentHashMap.newKeySet();
    private final Function<Caller, Authentication> current;
    private final InstantSource clock;

    /// @param current what a caller that was proven is worth now
    OpenExchanges(Function<Caller, Authentication> current, InstantSource clock) {
        this.current = current;
        this.clock = clock;
    }

    /// Runs the exchange until it is done or its caller's right to it is taken away. An expiry that its key has
    /// anyway lets it finish.
    ///
    /// @param further what else the caller, as it stands at each change, must fulfil; gives the reason where it
    ///     does not
    public Mono<Void> until(Caller caller, Function<Caller, @Nullable PlatformException> further, Mono<Void> exchange) {
        return run(caller, false, further, exchange);
    }

    /// As [#until], and no longer than to the expiry of the caller's key.
    public Mono<Void> untilExpiry(
            Caller caller, Function<Caller, @Nullable PlatformException> further, Mono<Void> exchange) {
        return run(caller, true, further, exchange);
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
            Mono<Void> exchange) {
        return Mono.deferContextual(context -> {
            OpenExchange open = new OpenExchange(caller, expires, further, current, clock);
            all.add(open);
            Mono<Void> running = open.check() ? exchange.takeUntilOther(end(open, context)) : open.end();
            return running.doFinally(signal -> {
                all.remove(open);
                open.close();
            });
        });
    }

    // A stream that has begun says why it ends; one that cannot even be written to any more is cut.
    private static Mono<Void> end(OpenExchange open, ContextView context) {
        Optional<StreamEnding> stream = context.getOrEmpty(StreamEnding.class);
        return open.end()
                .onErrorResume(
                        PlatformException.class,
                        why -> stream.isPresent() && stream.get().end(why)
                                ? Mono.delay(GOODBYE).then(Mono.error(why))
                                : Mono.error(why));
    }

    private void check(Predicate<OpenExchange> affected) {
        List<OpenExchange> found = all.stream().filter(affected).toList();
        if (!found.isEmpty()) {
            // Not on the reader's thread: ending thousands of streams must not hold up the next change.
            Schedulers.boundedElastic().schedule(() -> found.forEach(OpenExchange::check));
        }
    }
}
