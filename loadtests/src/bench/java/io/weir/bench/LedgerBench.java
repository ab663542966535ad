package io.weir.bench;

import io.weir.ledger.LedgerCodec;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An event of the ledger, written and read.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LedgerBench {

    private static final TenantId TENANT = new TenantId(new UUID(1, 2));
    private static final Instant TIME = Instant.parse("2028-02-29T12:00:00Z");

    private final UsageRecord held = new UsageRecord(
            "0198f1d2-7f6e-7000-8000-000000000001",
            "orchestration",
            TIME,
            TENANT,
            "orchestration-8082",
            3,
            1_000_000,
            new Held(
                    "req-1",
                    TENANT,
                    "key-1",
                    "auto",
                    "openai",
                    "gpt-4o-mini",
                    Amount.of("0.00123"),
                    TIME.plusSeconds(600),
                    "budget-1",
                    TIME));
    private final byte[] written = LedgerCodec.write(held);

    /// To its JSON.
    @Benchmark
    public byte[] writeHold() {
        return LedgerCodec.write(held);
    }

    /// From its JSON.
    @Benchmark
    public UsageRecord readHold() {
        return LedgerCodec.read(written);
    }
}
