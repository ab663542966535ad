package io.weir.orchestration.idempotency;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How calls with an `Idempotency-Key` are answered.
///
/// @param keep how long an answer is given again
/// @param largest answer that is kept
/// @param perTenant how much of its answers is kept for one tenant; the oldest goes first
/// @param claim how long a key stays taken after the process that ran its call died; renewed at a third of it
@ConfigurationProperties("weir.idempotency")
record IdempotencyProperties(
        @DefaultValue("24h") Duration keep,
        @DefaultValue("1MB") DataSize largest,
        @DefaultValue("256MB") DataSize perTenant,
        @DefaultValue("30s") Duration claim) {

    @ConstructorBinding
    IdempotencyProperties {
        atLeast("keep", keep, Duration.ofSeconds(1));
        atLeast("claim", claim, Duration.ofSeconds(1));
        if (largest.toBytes() < 0 || largest.toBytes() > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException("weir.idempotency.largest: " + largest + " (expected: 0 to 1 GB)");
        }
    }

    /// With room for all answers of a tenant.
    IdempotencyProperties(Duration keep, DataSize largest, Duration claim) {
        this(keep, largest, DataSize.ofMegabytes(256), claim);
    }

    private static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "weir.idempotency." + name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
