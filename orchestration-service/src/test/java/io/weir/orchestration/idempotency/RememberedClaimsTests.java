package io.weir.orchestration.idempotency;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class RememberedClaimsTests implements ClaimsContract {

    private final Map<String, RememberedClaims.Held> held = new ConcurrentHashMap<>();

    @Override
    public Claims claims() {
        return new RememberedClaims(held, Duration.ofSeconds(30));
    }

    @Override
    public Claims shortClaims() {
        return new RememberedClaims(held, Duration.ofSeconds(1));
    }
}
