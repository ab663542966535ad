package io.weir.analytics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How usage is taken in and sealed.
///
/// @param chunkRecords the most records of one partition that become one chunk
/// @param chunkLinger how long records are collected before they are written; part of the time until a call shows
/// @param sealGrace how long after its end an hour waits for late events
/// @param producerSilence after which a producer without a sign of life no longer holds watermarks back
/// @param sealTimeout how long `POST /api/analytics/seal` waits for ingestion
@ConfigurationProperties("weir.analytics")
public record AnalyticsProperties(
        @DefaultValue("10000") int chunkRecords,
        @DefaultValue("500ms") Duration chunkLinger,
        @DefaultValue("30s") Duration sealGrace,
        @DefaultValue("60s") Duration producerSilence,
        @DefaultValue("20s") Duration sealTimeout) {

    public AnalyticsProperties {
        if (chunkRecords < 1) {
            throw new IllegalArgumentException("weir.analytics.chunk-records: " + chunkRecords + " (expected: >= 1)");
        }
    }
}
