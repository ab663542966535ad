package io.weir.orchestration.ledger;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the usage ledger is written.
///
/// @param producerId names this instance, the same after its restart; empty: after the host
/// @param partitions of the topic, where this service creates it
/// @param retention of the topic, where this service creates it
/// @param holdTtl after which a hold that nobody settled counts as an orphan
@ConfigurationProperties("weir.ledger")
public record LedgerProperties(
        @DefaultValue("") String producerId,
        @DefaultValue("6") int partitions,
        @DefaultValue("35d") Duration retention,
        @DefaultValue("15m") Duration holdTtl) {}
