package io.weir.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/// How a consumer fetches that need not see each record at once. By default the broker answers as soon as it has one:
/// at some hundred records a second each comes in an answer of its own, which costs both sides several times what the
/// record does.
public final class BatchedFetches {

    private static final int ENOUGH_BYTES = 64 * 1024;

    private BatchedFetches() {}

    /// The consumer's settings for it: the broker answers once it has 64 KiB, or after that long.
    ///
    /// @param wait a whole number of milliseconds; how much later than it could a record may be seen
    public static Map<String, Object> within(Duration wait) {
        return Map.of(
                ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                ENOUGH_BYTES,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                Math.toIntExact(wait.toMillis()));
    }
}
