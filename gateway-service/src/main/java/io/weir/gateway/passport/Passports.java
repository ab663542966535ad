package io.weir.gateway.passport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.Credential;
import io.weir.security.PassportIssuer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// A caller's passport, minted once and used until half its life is over, what the caller came with expires, or its or
/// the tenant's record changes. Safe for many threads; two that come at the same moment may both mint, which harms
/// nothing.
@Component
public final class Passports {

    private static final Duration REUSE = PassportIssuer.LIFETIME.dividedBy(2);
    private static final int KEPT = 100_000;

    private final PassportIssuer issuer;
    private final InstantSource clock;
    private final Cache<Holder, Minted> minted =
            Caffeine.newBuilder().maximumSize(KEPT).build();

    Passports(PassportIssuer issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    /// A person's tokens each have their own, since each has its own end.
    private record Holder(
            String tenant, String credential, @Nullable Instant expiresAt) {}

    private record Minted(String passport, long at, long credentialVersion, long tenantVersion) {

        boolean isGoodFor(Caller caller, long now) {
            return now - at < REUSE.toMillis()
                    && now >= at
                    && credentialVersion == caller.credential().version()
                    && tenantVersion == caller.tenant().version();
        }
    }

    public String of(Caller caller) {
        long now = clock.millis();
        Credential credential = caller.credential();
        Instant end = credential instanceof Credential.OfPerson person ? person.expiresAt() : null;
        Holder holder = new Holder(caller.tenantId(), credential.id() + roleOf(caller), end);
        Minted known = minted.getIfPresent(holder);
        if (known == null || !known.isGoodFor(caller, now)) {
            known = new Minted(
                    mint(caller), now, credential.version(), caller.tenant().version());
            minted.put(holder, known);
        }
        return known.passport();
    }

    // Two tokens of one person may claim different roles.
    private static String roleOf(Caller caller) {
        return caller.role() == null ? "" : " " + caller.role();
    }

    private String mint(Caller caller) {
        return switch (caller.credential()) {
            case Credential.OfKey key -> issuer.mint(caller.tenant().context(), key.subject(), key.id(), key.scopes());
            case Credential.OfPerson person ->
                issuer.mintForPerson(caller.tenant().context(), person.subject(), person.role(), person.expiresAt());
        };
    }
}
