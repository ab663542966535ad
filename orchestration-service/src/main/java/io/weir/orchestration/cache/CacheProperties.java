package io.weir.orchestration.cache;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How answers are kept for tenants that have them given again.
///
/// @param store where
/// @param ttl how long an answer is given again where its tenant says nothing
/// @param largest answer that is kept, and body of a request that is looked up
/// @param entries the most that one tenant has in the shared store; the oldest goes first
/// @param near how much this process keeps at hand of what the shared store has; with the store `memory` all there is
/// @param nearFor how long it is kept at hand, which is how late another process learns that a cache was cleared
/// @param patience how long a call waits for the shared store before it goes on without
/// @param threshold how alike two messages must be where their tenant says nothing
/// @param candidates messages that one is compared with at most
@ConfigurationProperties("weir.cache")
public record CacheProperties(
        @DefaultValue("redis") Store store,
        @DefaultValue("1h") Duration ttl,
        @DefaultValue("256KB") DataSize largest,
        @DefaultValue("10000") int entries,
        @DefaultValue("32MB") DataSize near,
        @DefaultValue("30s") Duration nearFor,
        @DefaultValue("150ms") Duration patience,
        @DefaultValue("0.6") double threshold,
        @DefaultValue("64") int candidates) {

    /// Where entries are.
    public enum Store {
        /// Shared by all processes.
        REDIS,
        /// In each process its own.
        MEMORY
    }

    public CacheProperties {
        require(ttl.compareTo(Duration.ofSeconds(1)) >= 0, "ttl", ttl, "at least 1 s");
        require(largest.toBytes() > 0 && largest.toMegabytes() <= 16, "largest", largest, "up to 16 MB");
        require(entries > 0, "entries", entries, "at least 1");
        require(near.toBytes() >= 0, "near", near, "0 or more");
        require(!nearFor.isNegative(), "near-for", nearFor, "0 or more");
        require(patience.isPositive(), "patience", patience, "more than 0");
        require(threshold >= 0 && threshold <= 1, "threshold", threshold, "0 to 1");
        require(candidates > 0 && candidates <= 1_000, "candidates", candidates, "1 to 1000");
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("weir.cache." + name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
