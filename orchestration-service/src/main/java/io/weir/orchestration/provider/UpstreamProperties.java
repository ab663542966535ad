package io.weir.orchestration.provider;

import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How patiently providers are called.
///
/// @param connectTimeout for a connection, and for a free one of the pool
/// @param firstByteTimeout until the answer begins; a plain answer begins when all of it is generated
/// @param idleTimeout between two reads of an answer that has begun
/// @param drainTimeout how long what is on its way is still read after a client left
/// @param clientGone what becomes of a stream whose client left, where its tenant does not say
/// @param keepAlive how long a client's stream stays silent until it gets a comment
/// @param attempts in all; only those are repeated that consumed nothing
/// @param backoff before the second attempt, doubled for each further one, with jitter
/// @param openFor how long a circuit breaker stays open
/// @param maxConnections per provider
@ConfigurationProperties("weir.upstream")
public record UpstreamProperties(
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("300s") Duration firstByteTimeout,
        @DefaultValue("60s") Duration idleTimeout,
        @DefaultValue("500ms") Duration drainTimeout,
        @DefaultValue("cancel") ClientGone clientGone,
        @DefaultValue("15s") Duration keepAlive,
        @DefaultValue("3") int attempts,
        @DefaultValue("100ms") Duration backoff,
        @DefaultValue("5s") Duration openFor,
        @DefaultValue("1000") int maxConnections) {

    public UpstreamProperties {
        if (attempts < 1) {
            throw new IllegalArgumentException("weir.upstream.attempts: " + attempts + " (expected: >= 1)");
        }
    }
}
