package io.weir.orchestration.lane;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How what is shared is shared.
///
/// @param patience how long a call waits for room at a provider, at most
/// @param batchPatience the same for work that may be done later
/// @param patienceWithOthers the same where another provider or model could serve it
/// @param longestQueue calls that wait for the same room, at most
/// @param longestPause how long a provider is left alone that asks for it, at most
/// @param leastConcurrency of a model, however badly it does
/// @param maxCalls of this process at the same time; more are refused; 0: as many as its heap has room for
/// @param maxStreams of them, whose answers come in pieces; 0: five sixths of them
/// @param batchShare of both, beyond which work that may be done later is refused
/// @param tenantShare of both that one tenant may have
/// @param shedBatchAt when timers are so late, work that may be done later is refused
/// @param shedAt when timers are so late, all new calls are refused
@ConfigurationProperties("weir.lane")
public record LaneProperties(
        @DefaultValue("10s") Duration patience,
        @DefaultValue("60s") Duration batchPatience,
        @DefaultValue("200ms") Duration patienceWithOthers,
        @DefaultValue("10000") int longestQueue,
        @DefaultValue("60s") Duration longestPause,
        @DefaultValue("16") int leastConcurrency,
        @DefaultValue("0") int maxCalls,
        @DefaultValue("0") int maxStreams,
        @DefaultValue("0.8") double batchShare,
        @DefaultValue("0.75") double tenantShare,
        @DefaultValue("1s") Duration shedBatchAt,
        @DefaultValue("5s") Duration shedAt) {

    private static final long AT_REST = 96L << 20;
    private static final long OF_A_CALL = 64 << 10;

    public LaneProperties {
        maxCalls = maxCalls == 0 ? roomFor(Runtime.getRuntime().maxMemory()) : maxCalls;
        maxStreams = maxStreams == 0 ? Math.max(1, (int) (maxCalls * 5L / 6)) : maxStreams;
        atLeastOne("longest-queue", longestQueue);
        atLeastOne("least-concurrency", leastConcurrency);
        atLeastOne("max-calls", maxCalls);
        atLeastOne("max-streams", maxStreams);
        share("batch-share", batchShare);
        share("tenant-share", tenantShare);
    }

    /// Calls that a heap has room for beside what the process needs at rest. A call that waits for its provider holds
    /// some 30 KB in both of its connections and its books; twice that, so that collections stay short.
    ///
    /// @param heap in bytes
    static int roomFor(long heap) {
        return Math.clamp((heap - AT_REST) / OF_A_CALL, 256, 100_000);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("weir.lane." + name + ": " + value + " (expected: >= 1)");
        }
    }

    private static void share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("weir.lane." + name + ": " + value + " (expected: above 0, at most 1)");
        }
    }

    Duration patience(Priority priority, boolean others) {
        Duration longest = priority == Priority.BATCH ? batchPatience : patience;
        return others && patienceWithOthers.compareTo(longest) < 0 ? patienceWithOthers : longest;
    }
}
