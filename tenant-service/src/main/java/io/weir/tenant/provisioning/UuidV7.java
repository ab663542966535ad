package io.weir.tenant.provisioning;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Identifiers whose order is that of their making (RFC 9562, version 7), so that indexes grow at one end.
final class UuidV7 {

    private UuidV7() {}

    static UUID next(InstantSource clock, RandomGenerator random) {
        long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0xFFFL);
        long low = 0x8000_0000_0000_0000L | (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL);
        return new UUID(high, low);
    }
}
