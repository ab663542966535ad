package io.weir.tenant.apikey;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// How many keys a tenant may have: every gateway keeps all of them in memory. Keys that were rotated and still work
/// are counted apart, so that a tenant with all the keys that it may have can rotate them.
@Component
public final class KeyLimits {

    /// Whether a key opens anything; needs `:now`.
    static final String IS_LIVE = "status = 'active' AND withdrawn_at IS NULL"
            + " AND (expires_at IS NULL OR expires_at > :now) AND (aged_expires_at IS NULL OR aged_expires_at > :now)";

    private static final int MOST_A_DAY = 2_000;
    private static final Duration DAY = Duration.ofHours(24);

    private final Clock clock;

    KeyLimits(Clock clock) {
        this.clock = clock;
    }

    /// Live keys that are not rotated, rotated ones that still work, and those made within 24 hours.
    record Counts(long live, long overlapping, long today) {}

    /// The tenant's live keys, those in the overlap of a rotation left out.
    public Mono<Long> live(DatabaseClient client, TenantId tenant) {
        return client.sql(
                        "SELECT count(*) FROM api_key WHERE tenant_id = :tenant AND rotated_to IS NULL AND " + IS_LIVE)
                .bind("tenant", tenant.value())
                .bind("now", clock.instant())
                .map(row -> count(row, 0))
                .one();
    }

    /// Fails with a 422 that says what to do where the tenant, locked by the caller, has no room for one more.
    Mono<Void> demandRoom(DatabaseClient client, TenantId tenant, long most) {
        return counts(client, tenant)
                .doOnNext(counts -> refuse(counts.live(), most, "live keys", counts.today()))
                .then();
    }

    /// As [#demandRoom], for a rotation.
    Mono<Void> demandRoomToRotate(DatabaseClient client, TenantId tenant, long most) {
        return counts(client, tenant)
                .doOnNext(counts -> refuse(counts.overlapping(), most, "rotated keys that still work", counts.today()))
                .then();
    }

    private Mono<Counts> counts(DatabaseClient client, TenantId tenant) {
        Instant now = clock.instant();
        return client.sql("SELECT"
                        + " (SELECT count(*) FROM api_key WHERE tenant_id = :tenant AND rotated_to IS NULL AND "
                        + IS_LIVE
                        + "), (SELECT count(*) FROM api_key WHERE tenant_id = :tenant AND rotated_to IS NOT NULL AND "
                        + IS_LIVE
                        + "), (SELECT count(*) FROM api_key WHERE tenant_id = :tenant AND created_at > :since)")
                .bind("tenant", tenant.value())
                .bind("now", now)
                .bind("since", now.minus(DAY))
                .map(row -> new Counts(count(row, 0), count(row, 1), count(row, 2)))
                .one();
    }

    private static void refuse(long used, long most, String what, long today) {
        if (used >= most) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "limits.keys",
                    "The tenant has " + used + " " + what + ", and its quota 'keys' is " + most
                            + ". Revoke keys that are no longer used, or choose a larger plan.");
        }
        if (today >= MOST_A_DAY) {
            throw new PlatformException(
                    ProblemType.UNPROCESSABLE,
                    today + " keys were made for the tenant within 24 hours, revoked ones included, and the most is "
                            + MOST_A_DAY + ". Make further ones tomorrow.");
        }
    }

    private static long count(Readable row, int column) {
        return Objects.requireNonNull(row.get(column, Long.class));
    }
}
