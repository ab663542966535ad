package io.weir.orchestration.budget.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kafka.KafkaProperties;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.UsageEvent.Debit;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerReadingIT {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final Instant BEGUN = Instant.parse("2026-11-23T10:00:00Z");

    private final KafkaProperties kafka =
            new KafkaProperties(Infrastructure.kafka(), Infrastructure.freshName("t") + ".", (short) 1, Map.of());

    private void topic(String stampedBy) throws Exception {
        NewTopic topic = new NewTopic(kafka.topic(LedgerWriter.TOPIC), 2, (short) 1)
                .configs(Map.of("retention.ms", "-1", "message.timestamp.type", stampedBy));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
        }
    }

    private void hold(int calls, Instant stamped) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                String request = stamped + "/" + i;
                Held held = new Held(
                        request,
                        TENANT,
                        "k",
                        "m",
                        "openai",
                        "m",
                        Amount.of("0.001"),
                        Instant.EPOCH,
                        "b",
                        Instant.EPOCH,
                        null,
                        null,
                        null,
                        List.of(new Debit("b", Instant.EPOCH, "lease")));
                UsageRecord record = new UsageRecord(request, "test", stamped, TENANT, "p", 0, i, held);
                sent.add(producer.send(new ProducerRecord<>(
                        kafka.topic(LedgerWriter.TOPIC),
                        i % 2,
                        stamped.toEpochMilli(),
                        TENANT.toString(),
                        LedgerCodec.write(record))));
            }
            for (Future<?> one : sent) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void whatIsNotReadInTimeIsReadOnInTheNextRound() throws Exception {
        topic("CreateTime");
        hold(3_000, BEGUN);
        try (LedgerReading reading = LedgerReading.since(BEGUN, Set.of("lease"), kafka)) {
            int rounds = 1;
            while (!reading.readOn(Duration.ZERO)) {
                rounds++;
                assertThat(rounds).isLessThan(1_000);
            }
            assertThat(rounds).as("several, or the test says nothing").isGreaterThan(1);
            assertThat(reading.use().held("lease")).isEqualTo(Amount.of("3"));
            hold(1_000, BEGUN.plusSeconds(1));
            while (!reading.readOn(Duration.ZERO)) {
                rounds++;
            }
            assertThat(reading.use().held("lease")).isEqualTo(Amount.of("4"));
        }
    }

    /// The clock that stamped the record may be behind the one that says when the lease began.
    @ParameterizedTest
    @CsvSource({"10m, true", "20m, false"})
    void aProducersClockMayBeBehind(String behind, boolean read) throws Exception {
        topic("CreateTime");
        hold(10, BEGUN.minus(Duration.parse("PT" + behind)));
        hold(10, BEGUN.plusSeconds(1));
        try (LedgerReading reading = LedgerReading.since(BEGUN, Set.of("lease"), kafka)) {
            while (!reading.readOn(Duration.ofSeconds(1))) {
                assertThat(reading.covers(Set.of("lease"))).isTrue();
            }
            assertThat(reading.use().held("lease")).isEqualTo(Amount.of(read ? "0.02" : "0.01"));
        }
    }

    @Test
    void whereTheBrokerStampsAMinuteIsEnough() throws Exception {
        topic("LogAppendTime");
        hold(10, BEGUN);
        Instant now = Instant.now();
        try (LedgerReading soon = LedgerReading.since(now, Set.of("lease"), kafka);
                LedgerReading later = LedgerReading.since(now.plus(Duration.ofMinutes(5)), Set.of("lease"), kafka)) {
            assertThat(soon.readOn(Duration.ofSeconds(30))).isTrue();
            assertThat(later.readOn(Duration.ofSeconds(30))).isTrue();
            assertThat(soon.use().held("lease")).isEqualTo(Amount.of("0.01"));
            assertThat(later.use().held("lease")).isEqualTo(Amount.ZERO);
        }
    }
}
