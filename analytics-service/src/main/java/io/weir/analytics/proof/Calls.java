package io.weir.analytics.proof;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes a ledger as a careless world would: calls of several tenants around the end of a month, settled once, twice,
/// in another hour, late or never, and between them records that are none.
final class Calls implements AutoCloseable {

    static final int TENANTS = 5;

    private static final Instant MONTH_END = Instant.parse("2026-10-31T23:00:00Z");
    private static final int HOURS = 3;
    private static final Rate IN = Rate.perMillion("0.15");
    private static final Rate OUT = Rate.perMillion("0.60");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String topic;
    private final RandomGenerator random;
    private final boolean well;
    private final KafkaProducer<String, byte[]> producer;
    private final long[] sequences = new long[Ground.PARTITIONS];
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private int calls;

    Calls(Ground ground, RandomGenerator random) {
        this(ground, random, false);
    }

    /// Calls as nearly all are: held, and then settled once.
    static Calls thatGoWell(Ground ground, RandomGenerator random) {
        return new Calls(ground, random, true);
    }

    private Calls(Ground ground, RandomGenerator random, boolean well) {
        this.well = well;
        this.topic = ground.usage();
        this.random = random;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", ground.broker(), "acks", "all", "linger.ms", 5),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /// Returns when the broker has them.
    void write(int more) throws ExecutionException, InterruptedException, TimeoutException {
        for (int i = 0; i < more; i++) {
            call();
        }
        for (Future<RecordMetadata> one : sent) {
            one.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        sent.clear();
    }

    int calls() {
        return calls;
    }

    private void call() {
        int number = calls++;
        TenantId tenant = tenant(random.nextInt(TENANTS));
        String request = "call-" + number;
        Instant time = time();
        event(tenant, request + "/held", time, held(tenant, request, time));
        int fate = well ? 0 : random.nextInt(100);
        if (fate < 70) {
            event(tenant, request + "/settled", time, settled(tenant, request));
        } else if (fate < 80) {
            // By the sweeper and by the call itself, which disagree on nearly everything.
            event(tenant, request + "/settled", time, settled(tenant, request));
            event(tenant, request + "/settled", time(), settled(tenant, request));
        } else if (fate < 88) {
            event(tenant, request + "/released", time, new Released(request, tenant, "key-1", "provider_error"));
        } else if (fate < 92) {
            event(tenant, request + "/released", time, new Released(request, tenant, "key-1", "provider_error"));
            event(tenant, request + "/settled", time(), settled(tenant, request));
        } else if (fate < 96) {
            send(tenant, tenant, "{\"no\": \"event\"}".getBytes(StandardCharsets.UTF_8));
        } else if (fate < 98) {
            foreign(tenant, request, time);
        } else {
            tick(time);
        }
    }

    private void foreign(TenantId tenant, String request, Instant time) {
        TenantId other = new TenantId(new UUID(7, 7));
        send(tenant, other, LedgerCodec.write(record(tenant, request + "/settled", time, settled(tenant, request))));
    }

    private void tick(Instant time) {
        for (int partition = 0; partition < Ground.PARTITIONS; partition++) {
            UsageRecord tick = new UsageRecord(
                    "tick/" + calls + "/" + partition,
                    "orchestration",
                    time,
                    null,
                    "writer",
                    1,
                    sequences[partition]++,
                    new Tick(sequences[partition] - 2, false));
            sent.add(producer.send(new ProducerRecord<>(topic, partition, "writer", LedgerCodec.write(tick))));
        }
    }

    private void event(TenantId tenant, String id, Instant time, UsageEvent event) {
        send(tenant, tenant, LedgerCodec.write(record(tenant, id, time, event)));
    }

    private UsageRecord record(TenantId tenant, String id, Instant time, UsageEvent event) {
        return new UsageRecord(id, "orchestration", time, tenant, "writer", 1, sequences[partition(tenant)]++, event);
    }

    private void send(TenantId tenant, TenantId header, byte[] value) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, partition(tenant), tenant.toString(), value);
        TenantHeader.stamp(record.headers(), header);
        sent.add(producer.send(record));
    }

    private static TenantId tenant(int number) {
        return new TenantId(new UUID(0x0192_0000_0000_7000L, 0x8000_0000_0000_0000L + number));
    }

    private static int partition(TenantId tenant) {
        return (int) (tenant.value().getLeastSignificantBits() & 0xFF) % Ground.PARTITIONS;
    }

    private Instant time() {
        return MONTH_END.plusMillis(random.nextLong(Duration.ofHours(HOURS).toMillis()));
    }

    private static Held held(TenantId tenant, String request, Instant time) {
        return new Held(
                request,
                tenant,
                "key-1",
                "gpt-4o-mini",
                "openai",
                "gpt-4o-mini",
                Amount.of("0.01"),
                time.plusSeconds(600),
                null,
                null);
    }

    private Settled settled(TenantId tenant, String request) {
        int tries = 1 + random.nextInt(2);
        List<Attempt> attempts = new ArrayList<>();
        for (int n = 1; n <= tries; n++) {
            attempts.add(attempt(n));
        }
        Amount cost = attempts.stream().map(Attempt::cost).reduce(Amount.ZERO, Amount::plus);
        return new Settled(
                request,
                tenant,
                "key-1",
                "gpt-4o-mini",
                "openai",
                "gpt-4o-mini",
                attempts,
                cost,
                "gpt-4o",
                cost.plus(cost),
                List.of(new SavingsLine("routing", cost)),
                Outcome.COMPLETED,
                false,
                random.nextInt(10) > 0,
                20,
                null,
                "none",
                "requested",
                300,
                600);
    }

    private Attempt attempt(int n) {
        long in = 1L + random.nextInt(5_000);
        long out = 1L + random.nextInt(900);
        return new Attempt(
                n,
                n % 2 == 1 ? "openai" : "anthropic",
                "gpt-4o-mini",
                null,
                new Quantities(Map.of(Meter.TEXT_IN, in, Meter.TEXT_OUT, out)),
                null,
                UsageSource.PROVIDER,
                "book-1",
                List.of(
                        new PricedLine(Meter.TEXT_IN, in, IN, "rule-in", IN.times(in)),
                        new PricedLine(Meter.TEXT_OUT, out, OUT, "rule-out", OUT.times(out))),
                IN.times(in).plus(OUT.times(out)),
                Outcome.COMPLETED,
                200,
                12);
    }

    @Override
    public void close() {
        producer.close(LIMIT);
    }
}
