package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// The exchanges that run now, long streams among them. Those of a key that is revoked, or of a tenant that is
/// suspended, are ended: before their answer with a refusal, in mid-answer by closing the connection.
public final class OpenExchanges {

    private final Set<Open> all = ConcurrentHashMap.newKeySet();

    private record Open(Caller caller, Sinks.Empty<Void> end) {
        // Each exchange is one of its own, however equal its caller.
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /// Runs the exchange until it is done or its caller's right to it ends.
    ///
    /// @param stillHolds asked once after the exchange is listed, so that no change falls between proof and listing
    public Mono<Void> until(Caller caller, Predicate<Caller> stillHolds, Mono<Void> exchange) {
        return Mono.defer(() -> {
            Open open = new Open(caller, Sinks.empty());
            all.add(open);
            Mono<Void> running =
                    stillHolds.test(caller) ? exchange.takeUntilOther(open.end().asMono()) : Mono.error(revoked());
            return running.doFinally(signal -> all.remove(open));
        });
    }

    /// How many run now.
    public int size() {
        return all.size();
    }

    /// To be told of every change of a key.
    public void keyChanged(SnapshotChange<ApiKeySnapshot> change) {
        ApiKeySnapshot key = change.value();
        if (key == null || key.status() == ApiKeySnapshot.Status.REVOKED) {
            end(open -> open.caller().key().keyId().equals(change.key()), revoked());
        }
    }

    /// To be told of every change of a tenant.
    public void tenantChanged(SnapshotChange<TenantSnapshot> change) {
        TenantSnapshot tenant = change.value();
        if (tenant == null || tenant.status() == TenantStatus.SUSPENDED) {
            PlatformException suspended = new PlatformException(
                    ProblemType.TENANT_SUSPENDED, "This tenant was suspended while the call ran.");
            end(open -> open.caller().tenantId().equals(change.key()), suspended);
        }
    }

    private void end(Predicate<Open> affected, PlatformException problem) {
        List<Open> found = all.stream().filter(affected).toList();
        if (!found.isEmpty()) {
            // Not on the reader's thread: ending thousands of streams must not hold up the next change.
            Schedulers.boundedElastic()
                    .schedule(() -> found.forEach(open -> open.end().tryEmitError(problem)));
        }
    }

    private static PlatformException revoked() {
        return new PlatformException(ProblemType.INVALID_API_KEY, "This API key was revoked while the call ran.");
    }
}
