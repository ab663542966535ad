package io.weir.gateway.authentication;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.authentication.Authentication.Proven;
import io.weir.gateway.authentication.Authentication.Refused;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class OpenExchangesTests {

    static {
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final TenantSnapshot TENANT = new TenantSnapshot(
            new TenantId(UUID.randomUUID()),
            new TenantSlug("open-corp"),
            TenantStatus.ACTIVE,
            "growth",
            Placement.POOL,
            "local",
            "UTC",
            "USD",
            null,
            TenantSettings.DEFAULTS,
            1,
            Instant.EPOCH);

    private final AtomicReference<ApiKeySnapshot> key = new AtomicReference<>(expiring(null));
    private final OpenExchanges exchanges = new OpenExchanges(id -> current(), Clock.systemUTC());
    private final AtomicReference<@Nullable Throwable> ended = new AtomicReference<>();

    @Test
    void anExpiryEndsWhatWouldLastForEver() {
        key.set(expiring(Instant.now().plusMillis(300)));
        Instant expires = requireNonNull(key.get().expiresAt());
        run();
        assertEnds();
        assertThat(Instant.now()).isAfterOrEqualTo(expires);
    }

    @Test
    void anExpirySetLaterEndsIt() {
        run();
        change(expiring(Instant.now().plusMillis(200)));
        assertEnds();
    }

    @Test
    void anExpiryThatIsBroughtForwardEndsIt() {
        key.set(expiring(Instant.now().plusSeconds(3_600)));
        run();
        change(expiring(Instant.now().minusSeconds(1)));
        assertEnds();
    }

    @Test
    void anExpiryThatIsPutOffDoesNot() {
        Instant first = Instant.now().plusSeconds(2);
        key.set(expiring(first));
        run();
        change(expiring(null));
        Eventually.passes(LIMIT, () -> assertThat(Instant.now()).isAfter(first.plusMillis(500)));
        assertThat(exchanges.size()).isOne();
        change(expiring(Instant.EPOCH));
        assertEnds();
    }

    @Test
    void aChangeBetweenProofAndListingIsSeenAndNothingRuns() {
        Caller proven = new Caller(key.get(), TENANT);
        key.set(expiring(Instant.EPOCH));
        AtomicBoolean ran = new AtomicBoolean();
        exchanges
                .until(proven, now -> null, Mono.fromRunnable(() -> ran.set(true)))
                .subscribe(null, ended::set);
        assertEnds();
        assertThat(ran).isFalse();
    }

    @Test
    void whatIsEndedRunsNoLonger() {
        AtomicBoolean cancelled = new AtomicBoolean();
        exchanges
                .until(
                        new Caller(key.get(), TENANT),
                        now -> null,
                        Mono.<Void>never().doOnCancel(() -> cancelled.set(true)))
                .subscribe(null, ended::set);
        change(expiring(Instant.EPOCH));
        assertEnds();
        assertThat(cancelled).isTrue();
    }

    @Test
    void anExpirySetBetweenProofAndListingEndsIt() {
        Caller proven = new Caller(key.get(), TENANT);
        key.set(expiring(Instant.now().plusMillis(200)));
        exchanges.untilExpiry(proven, now -> null, Mono.never()).subscribe(null, ended::set);
        assertEnds();
    }

    @Test
    void anAnswerThatEndsByItselfOutlivesTheExpiry() {
        Instant expires = Instant.now().plusSeconds(1);
        key.set(expiring(expires));
        exchanges
                .until(new Caller(key.get(), TENANT), now -> null, Mono.never())
                .subscribe(null, ended::set);
        Eventually.passes(LIMIT, () -> assertThat(Instant.now()).isAfter(expires.plusMillis(500)));
        assertThat(exchanges.size()).isOne();
        exchanges.tenantChanged(new SnapshotChange<>(TENANT.tenantId().toString(), TENANT, 2));
        assertEnds();
    }

    private void run() {
        exchanges
                .untilExpiry(new Caller(key.get(), TENANT), now -> null, Mono.never())
                .subscribe(null, ended::set);
    }

    private void change(ApiKeySnapshot to) {
        key.set(to);
        exchanges.keyChanged(new SnapshotChange<>(to.keyId(), to, to.version()));
    }

    private void assertEnds() {
        Eventually.passes(LIMIT, () -> assertThat(ended.get()).isInstanceOf(PlatformException.class));
        Eventually.passes(LIMIT, () -> assertThat(exchanges.size()).isZero());
    }

    private Authentication current() {
        Caller now = new Caller(key.get(), TENANT);
        Instant end = now.credential().expiresAt();
        return end != null && !Instant.now().isBefore(end)
                ? new Refused(new PlatformException(ProblemType.INVALID_API_KEY, "expired"), now)
                : new Proven(now);
    }

    private static ApiKeySnapshot expiring(@Nullable Instant at) {
        return new ApiKeySnapshot(
                "id", TENANT.tenantId(), "00", "key", Scope.FIRST_KEY, ApiKeySnapshot.Status.ACTIVE, at, 1);
    }
}
