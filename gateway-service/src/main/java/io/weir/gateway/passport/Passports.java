package io.weir.gateway.passport;

import io.weir.gateway.call.Caller;
import io.weir.security.PassportIssuer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/// A caller's passport, minted once and used until half its life is over or its key's or tenant's record changes.
/// Safe for many threads; two that come at the same moment may both mint, which harms nothing.
@Component
public final class Passports {

    private static final Duration REUSE = PassportIssuer.LIFETIME.dividedBy(2);

    private final PassportIssuer issuer;
    private final InstantSource clock;
    private final Map<String, Minted> byKey = new ConcurrentHashMap<>();

    Passports(PassportIssuer issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    private record Minted(String passport, long at, long keyVersion, long tenantVersion) {

        boolean isGoodFor(Caller caller, long now) {
            return now - at < REUSE.toMillis()
                    && now >= at
                    && keyVersion == caller.key().version()
                    && tenantVersion == caller.tenant().version();
        }
    }

    public String of(Caller caller) {
        long now = clock.millis();
        String keyId = caller.key().keyId();
        Minted minted = byKey.get(keyId);
        if (minted == null || !minted.isGoodFor(caller, now)) {
            String passport = issuer.mint(
                    caller.tenant().context(),
                    "key:" + keyId,
                    keyId,
                    caller.key().scopes());
            minted = new Minted(
                    passport, now, caller.key().version(), caller.tenant().version());
            byKey.put(keyId, minted);
        }
        return minted.passport();
    }
}
