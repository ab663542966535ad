package io.weir.analytics.proof.sockets;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Settles calls at a steady rate until it is closed, and knows when each was sent, and what each tenant owes.
final class Settler implements AutoCloseable {

    private static final Rate IN = Rate.perMillion("0.15");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private final Map<TenantId, Due> due = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final List<TenantId> turns;
    private final long pauseNanos;
    private final Thread thread;
    private volatile boolean running = true;

    /// @param turns whose call is settled next, over and over
    Settler(String broker, String topic, List<TenantId> turns, int perSecond) {
        this.topic = topic;
        this.turns = List.copyOf(turns);
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker, "acks", "all", "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
        this.thread = Thread.ofPlatform().name("settler").daemon().start(this::run);
    }

    /// What a tenant's calls come to.
    record Due(long requests, Amount cost) {

        Due and(Due other) {
            return new Due(requests + other.requests, cost.plus(other.cost));
        }
    }

    private void run() {
        long next = System.nanoTime();
        for (int i = 0; running; i++) {
            settle(turns.get(i % turns.size()), i);
            next += pauseNanos;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    // The callback counts what failed.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void settle(TenantId tenant, int number) {
        String request = "call-" + number;
        Instant now = Instant.now();
        Settled settled = settled(tenant, request, 1L + number % 997);
        byte[] value = LedgerCodec.write(
                new UsageRecord(request + "/settled", "orchestration", now, tenant, "settler", 1, number, settled));
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, tenant.toString(), value);
        TenantHeader.stamp(record.headers(), tenant);
        sentAt.put(request, System.nanoTime());
        due.merge(tenant, new Due(1, settled.cost()), Due::and);
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                refused.incrementAndGet();
            }
        });
    }

    private static Settled settled(TenantId tenant, String request, long tokens) {
        Amount cost = IN.times(tokens);
        Attempt attempt = new Attempt(
                1,
                "openai",
                "gpt-4o-mini",
                "chatcmpl-" + request,
                new Quantities(Map.of(Meter.TEXT_IN, tokens)),
                null,
                UsageSource.PROVIDER,
                "book-1",
                List.of(new PricedLine(Meter.TEXT_IN, tokens, IN, "rule-in", cost)),
                cost,
                Outcome.COMPLETED,
                200,
                12);
        return new Settled(
                request,
                tenant,
                "key-1",
                "gpt-4o-mini",
                "openai",
                "gpt-4o-mini",
                List.of(attempt),
                cost,
                "gpt-4o",
                cost.plus(cost),
                List.of(new SavingsLine("routing", cost)),
                Outcome.COMPLETED,
                false,
                true,
                20,
                null,
                "none",
                "requested",
                300,
                600);
    }

    /// When the request was given to the producer, by [System#nanoTime()].
    long sentAt(String request) {
        return sentAt.getOrDefault(request, 0L);
    }

    Due due(TenantId tenant) {
        return due.getOrDefault(tenant, new Due(0, Amount.ZERO));
    }

    long settled() {
        return sentAt.size();
    }

    /// Those of which the broker did not say that it has them.
    long refused() {
        return refused.get();
    }

    /// Settles no more; returns when the broker has all.
    void stop() throws InterruptedException {
        running = false;
        thread.join();
        producer.flush();
    }

    @Override
    public void close() {
        running = false;
        producer.close(LIMIT);
    }
}
