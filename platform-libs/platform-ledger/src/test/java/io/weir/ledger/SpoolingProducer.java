package io.weir.ledger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.ledger.UsageEvent.Held;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// A process that appends holds without end and says which ones are kept. Killed by its test.
final class SpoolingProducer {

    private static final int AT_ONCE = 64;

    private SpoolingProducer() {}

    static LedgerWriter writer(String bootstrap, String prefix, Path directory) {
        LedgerWriterOptions options = new LedgerWriterOptions(
                "orchestration",
                "spooling",
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofMillis(1_500),
                Duration.ofDays(1),
                Duration.ofMillis(500));
        return LedgerWriter.start(
                options,
                new SpoolOptions(directory, 16 << 20, true, Duration.ofMillis(200)),
                SpillNotice.NONE,
                new KafkaProperties(bootstrap, prefix, (short) 1, Map.of()),
                InstantSource.system(),
                new SimpleMeterRegistry());
    }

    /// Bootstrap servers, topic prefix, directory, the name of this run.
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        LedgerWriter writer = writer(args[0], args[1], Path.of(args[2]));
        Semaphore room = new Semaphore(AT_ONCE);
        out.println("started");
        for (int i = 0; ; i++) {
            while (!writer.takesNewCalls()) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            room.acquireUninterruptibly();
            String request = args[3] + "-" + i;
            TenantId tenant = new TenantId(new UUID(7, i % 8));
            Held held = new Held(request, tenant, "k", "m", "openai", "m", Amount.of("0.1"), Instant.now(), null, null);
            writer.append(held, Instant.now())
                    .doFinally(end -> room.release())
                    .subscribe(ignored -> {}, failure -> out.println("refused " + failure), () -> {
                        synchronized (out) {
                            out.println("kept " + request + "/held");
                        }
                    });
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }
}
