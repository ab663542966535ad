package io.weir.gateway.call;

import java.util.UUID;
import java.util.random.RandomGenerator;

/// UUIDs of version 7: unique, and ordered by time to the millisecond. Not secrets.
public final class RequestIds {

    private RequestIds() {}

    /// @param random need not be strong
    public static String next(long epochMillis, RandomGenerator random) {
        long high = (epochMillis << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
