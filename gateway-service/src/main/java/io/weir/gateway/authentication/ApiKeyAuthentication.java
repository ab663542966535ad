package io.weir.gateway.authentication;

import io.weir.gateway.authentication.Authentication.Proven;
import io.weir.gateway.authentication.Authentication.Refused;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.ApiKey;
import io.weir.security.Peppers;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Proves a caller by its API key, from the snapshots in memory. Nothing that a request proved is remembered, so a
/// revocation holds with the next request. Whether a key's id exists is told only to who has the whole key.
public final class ApiKeyAuthentication {

    private static final String BEARER = "Bearer ";
    private static final String UNKNOWN =
            "Incorrect API key provided. Check it, or ask your administrator for a new one.";
    // Compared with when the id is unknown, so that it takes as long as when it is known.
    private static final String NO_HASH = "00".repeat(32);

    private final SnapshotTable<ApiKeySnapshot> keys;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final Peppers peppers;
    private final InstantSource clock;

    public ApiKeyAuthentication(
            SnapshotTable<ApiKeySnapshot> keys,
            SnapshotTable<TenantSnapshot> tenants,
            Peppers peppers,
            InstantSource clock) {
        this.keys = keys;
        this.tenants = tenants;
        this.peppers = peppers;
        this.clock = clock;
    }

    /// Whether the headers hold a key, whatever it is worth.
    boolean isPresented(HttpHeaders headers) {
        return presented(headers) != null;
    }

    /// By a key alone.
    public Authentication authenticate(@Nullable String presented) {
        if (!keys.isReady() || !tenants.isReady()) {
            return unavailable("The gateway is starting and does not know its keys yet. Try again in a moment.");
        }
        if (presented == null) {
            return refused("No API key provided. Send it as 'Authorization: Bearer <key>' or 'x-api-key: <key>'.");
        }
        return switch (ApiKey.read(presented)) {
            case ApiKey.Reading.WellFormed(ApiKey key) -> verify(key);
            case ApiKey.Reading.WrongChecksum typo ->
                refused("The API key has a typo: its checksum does not match. Copy it again.");
            case ApiKey.Reading.Malformed other ->
                refused("This is not an API key of this platform. Keys begin with weir_live_ or weir_test_.");
        };
    }

    private Authentication verify(ApiKey presented) {
        ApiKeySnapshot key = keys.find(presented.id()).orElse(null);
        boolean matches =
                peppers.matches(presented, key == null ? NO_HASH : key.hash(), key == null ? null : key.pepperId());
        return key == null || !matches ? refused(UNKNOWN) : admit(key);
    }

    /// What a key that was proven a moment ago is worth now, by its public id.
    public Authentication reauthenticate(String keyId) {
        return keys.find(keyId).map(this::admit).orElseGet(() -> refused(UNKNOWN));
    }

    private Authentication admit(ApiKeySnapshot key) {
        String refusal = refusalOf(key);
        TenantSnapshot tenant = tenants.find(key.tenantId().toString()).orElse(null);
        Caller caller = tenant == null ? null : new Caller(key, tenant);
        if (refusal != null) {
            return new Refused(new PlatformException(ProblemType.INVALID_API_KEY, refusal), caller);
        }
        if (caller == null) {
            return unavailable("This key's tenant is not known here yet. Try again in a moment.");
        }
        return isActive(caller.tenant()) ? new Proven(caller) : new Refused(suspended(caller.tenant()), caller);
    }

    private @Nullable String refusalOf(ApiKeySnapshot key) {
        if (key.status() == ApiKeySnapshot.Status.REVOKED) {
            return "This API key was revoked. Use another one.";
        }
        Instant end = key.expiresAt();
        return end != null && !clock.instant().isBefore(end)
                ? "This API key expired at " + end + ". Use another one."
                : null;
    }

    private static boolean isActive(TenantSnapshot tenant) {
        return tenant.status() == TenantStatus.ACTIVE;
    }

    static PlatformException suspended(TenantSnapshot tenant) {
        Instant end = tenant.erasedAfter();
        return new PlatformException(
                ProblemType.TENANT_SUSPENDED,
                end == null
                        ? "This tenant is suspended. Ask the platform's operator to activate it."
                        : "This tenant leaves the platform; its data is erased after " + end
                                + ". Ask the platform's operator to keep it.");
    }

    @Nullable
    String presented(HttpHeaders headers) {
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        if (authorization == null) {
            return headers.getFirst("x-api-key");
        }
        boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return bearer ? authorization.substring(BEARER.length()).strip() : authorization;
    }

    private static Authentication refused(String message) {
        return new Refused(new PlatformException(ProblemType.INVALID_API_KEY, message), null);
    }

    private static Authentication unavailable(String message) {
        return new Refused(new PlatformException(ProblemType.SERVICE_UNAVAILABLE, message), null);
    }
}
