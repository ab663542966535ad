package io.weir.orchestration.ledger;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How the usage ledger is written.
///
/// @param producerId names this instance, the same after its restart; empty: after the host
/// @param partitions of the topic, where this service creates it
/// @param retention of the topic, where this service creates it
/// @param holdTtl after which a hold that nobody renewed or settled counts as an orphan
/// @param sweepGrace after that until an orphan is settled; longer than the clocks of two instances differ
/// @param spillingLimit how long holds are left alone whose process has events in its write-ahead file
@ConfigurationProperties("weir.ledger")
public record LedgerProperties(
        @DefaultValue("") String producerId,
        @DefaultValue("6") int partitions,
        @DefaultValue("35d") Duration retention,
        @DefaultValue("15m") Duration holdTtl,
        @DefaultValue("10s") Duration sweepGrace,
        @DefaultValue("24h") Duration spillingLimit,
        @DefaultValue File file) {

    /// The write-ahead file, in `ledger/` of the state directory.
    ///
    /// @param maxBytes what it takes at most; new calls are refused from three quarters of it on
    /// @param durable whether the state directory outlives the place where this process runs; if not, new calls are
    /// refused while the broker is away
    /// @param takeOverAfter how long the file of another instance beside it must have been nobody's before this one
    /// delivers what is in it; longer than a restart takes
    public record File(
            @DefaultValue("64MB") DataSize maxBytes,
            @DefaultValue("true") boolean durable,
            @DefaultValue("1m") Duration takeOverAfter) {}
}
