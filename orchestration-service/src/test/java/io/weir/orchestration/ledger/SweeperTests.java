package io.weir.orchestration.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.OpenHolds;
import io.weir.ledger.SpillNotice;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class SweeperTests {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofHours(24);
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final TopicPartition PARTITION = new TopicPartition("usage", 3);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OpenHolds holds = new OpenHolds();
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final List<String> recovered = new ArrayList<>();
    private final Map<String, Instant> spilling = new HashMap<>();
    private Mono<Map<String, Instant>> answer = Mono.fromSupplier(() -> Map.copyOf(spilling));
    private boolean delivered = true;

    private final Sweeper sweeper = new Sweeper(
            (hold, partition) -> {
                recovered.add(hold.held().requestId() + "@" + partition);
                if (hold.held().requestId().startsWith("broken")) {
                    throw new IllegalArgumentException("of another version");
                }
            },
            new SpillNotice() {
                @Override
                public Mono<Void> begin() {
                    return Mono.empty();
                }

                @Override
                public Mono<Void> end() {
                    return Mono.empty();
                }

                @Override
                public Mono<Map<String, Instant>> spilling() {
                    return answer;
                }
            },
            GRACE,
            LIMIT,
            () -> delivered,
            meters);

    @BeforeEach
    void readToTheEnd() {
        consumer.assign(List.of(PARTITION));
        consumer.seek(PARTITION, 10);
        consumer.updateEndOffsets(Map.of(PARTITION, 10L));
        sweeper.disturbed(NOW.minus(Duration.ofHours(1)));
    }

    private void hold(String request, String producer, Instant expiresAt) {
        Held held = new Held(request, TENANT, "k", "m", "openai", "m", Amount.of("0.1"), expiresAt, null, null);
        holds.apply(
                holds.count(),
                new UsageRecord("id", "orchestration", NOW, TENANT, producer, 1, holds.count(), held),
                NOW);
    }

    private void expired(String request, String producer) {
        hold(request, producer, NOW.minus(GRACE));
    }

    private void sweep(Instant now) {
        sweeper.sweep(consumer, Map.of(PARTITION, holds), now);
    }

    private double waiting() {
        return meters.get("weir.ledger.waiting.holds").gauge().value();
    }

    @Test
    void whatExpiredIsRecoveredOnceInItsPartition() {
        expired("old", "a");
        hold("young", "a", NOW.minus(GRACE).plusMillis(1));
        sweep(NOW);
        sweep(NOW.plusSeconds(1));
        assertThat(recovered).containsExactlyInAnyOrder("old@3", "young@3");
        sweep(NOW.plusSeconds(20));
        assertThat(recovered).as("still open: its settlement did not arrive").hasSize(4);
    }

    @Test
    void whatMayLieInItsProducersFileIsLeftAloneUntilThatIsEmpty() {
        expired("in the file", "spilling");
        expired("gone", "dead");
        spilling.put("spilling", NOW.minus(LIMIT).plusSeconds(60));
        sweep(NOW);
        assertThat(recovered).containsExactly("gone@3");
        assertThat(waiting()).isEqualTo(1);

        spilling.clear();
        sweep(NOW.plusSeconds(1));
        assertThat(recovered).containsExactly("gone@3", "in the file@3");
        assertThat(waiting()).isZero();
        assertThat(meters.counter("weir.ledger.recovered.spilling").count()).isZero();
    }

    @Test
    void aProducerThatDoesNotDeliverItsFileIsWaitedForNoLongerThanStated() {
        expired("r", "spilling");
        spilling.put("spilling", NOW.minus(LIMIT));
        sweep(NOW.minusMillis(1));
        assertThat(recovered).isEmpty();
        sweep(NOW);
        assertThat(recovered).containsExactly("r@3");
        assertThat(meters.counter("weir.ledger.recovered.spilling").count()).isEqualTo(1);
    }

    @Test
    void whileNobodyCanSayWhoHasAFileNothingIsRecovered() {
        expired("r", "a");
        answer = Mono.error(new IllegalStateException("the database is away"));
        sweep(NOW);
        assertThat(recovered).isEmpty();
        answer = Mono.just(Map.of());
        sweep(NOW.plusSeconds(1));
        assertThat(recovered).containsExactly("r@3");
    }

    // Of several holds the others' order is not known: each has its turn whatever the first meets.
    @Test
    void oneHoldThatCannotBeRecoveredDoesNotKeepTheOthers() {
        expired("broken 1", "a");
        expired("whole", "a");
        expired("broken 2", "a");
        sweep(NOW);
        assertThat(recovered).containsExactlyInAnyOrder("broken 1@3", "whole@3", "broken 2@3");
    }

    @Test
    void nothingIsRecoveredBeforeThePartitionIsReadToItsEnd() {
        expired("r", "a");
        consumer.updateEndOffsets(Map.of(PARTITION, 11L));
        sweep(NOW);
        assertThat(recovered).isEmpty();
        consumer.seek(PARTITION, 11);
        sweep(NOW);
        assertThat(recovered).hasSize(1);
    }

    private void recordsCome(int round) {
        consumer.updateEndOffsets(Map.of(PARTITION, 11L + round));
        sweep(NOW.plusSeconds(round));
        consumer.seek(PARTITION, 11 + round);
    }

    @Test
    void underSteadyLoadItIsEnoughToHaveReadToAnEndOfBefore() {
        expired("r", "a");
        expired("in the file", "spilling");
        spilling.put("spilling", NOW);
        recordsCome(0);
        assertThat(recovered).isEmpty();
        spilling.clear();
        recordsCome(1);
        assertThat(recovered).containsExactly("r@3");
        assertThat(waiting()).as("of whom it was said before the end").isEqualTo(1);
        recordsCome(2);
        assertThat(recovered).containsExactly("r@3", "in the file@3");
    }

    // Cut off from the database too, it could not say so before.
    @Test
    void whoSaysOnlyAfterTheEndThatItHasAFileIsWaitedForAsWell() {
        expired("r", "a");
        expired("in the file", "spilling");
        recordsCome(0);
        spilling.put("spilling", NOW);
        recordsCome(1);
        assertThat(recovered).containsExactly("r@3");
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void anEndFromBeforeTheBrokerWasAwayDoesNotCount() {
        expired("r", "a");
        recordsCome(0);
        sweeper.disturbed(NOW.minusSeconds(60));
        recordsCome(1);
        assertThat(recovered).isEmpty();
        recordsCome(2);
        assertThat(recovered).hasSize(1);
    }

    @Test
    void nothingIsRecoveredRightAfterTheBrokerWasAwayOrWithAFileOfItsOwn() {
        expired("r", "a");
        sweeper.disturbed(NOW.minusSeconds(9));
        sweep(NOW);
        delivered = false;
        sweep(NOW.plusSeconds(1));
        assertThat(recovered).isEmpty();
        delivered = true;
        sweep(NOW.plusSeconds(1));
        assertThat(recovered).hasSize(1);
    }
}
