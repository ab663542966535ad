package io.weir.audit;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Time-ordered ids (RFC 9562), for rows and events of any service.
public final class UuidV7 {

    private UuidV7() {}

    /// Of that millisecond, and otherwise random.
    public static UUID next(Instant at, RandomGenerator random) {
        long high = at.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000);
        long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
        return new UUID(high, low);
    }
}
