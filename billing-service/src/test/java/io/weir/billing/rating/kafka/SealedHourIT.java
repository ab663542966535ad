package io.weir.billing.rating.kafka;

import static io.weir.billing.Snapshots.hour;
import static io.weir.billing.Snapshots.mini;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Snapshots;
import io.weir.billing.rating.r2dbc.R2dbcSealedHours;
import io.weir.kafka.RecordSender;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedHourIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String HOUR = "2026-11-02T10:00:00Z";

    private Billing billing;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        billing = Billing.start(directory);
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    @Test
    void anHourIsReadBackExactlyAsItWasSealed() {
        TenantId tenant = Snapshots.newTenant();
        SealedHour full = hour(
                tenant,
                HOUR,
                1,
                false,
                3,
                mini(Meter.TEXT_OUT, 77, "0.0000462"),
                mini(Meter.TEXT_IN, 1, "99999999999999.000000000001"));
        SealedHour withoutTotals = hour(tenant, "2026-11-02T11:00:00Z", 1, true, 2);
        publish(full);
        publish(withoutTotals);
        passOneMore();
        assertThat(latest(tenant)).containsExactly(full, withoutTotals);
    }

    @Test
    void theLatestVersionIsReadWhateverArrivesAfterIt() {
        TenantId tenant = Snapshots.newTenant();
        publish(hour(tenant, HOUR, 2, false, 20, mini(Meter.TEXT_IN, 2, "0.02")));
        publish(hour(tenant, HOUR, 2, false, 20, mini(Meter.TEXT_IN, 2, "0.02")));
        publish(hour(tenant, HOUR, 1, true, 10, mini(Meter.TEXT_IN, 1, "0.01")));
        passOneMore();
        assertThat(latest(tenant)).extracting(SealedHour::version).containsExactly(2L);
        assertThat(billing.count("SELECT count(*) FROM sealed_hour_total WHERE tenant_id = '" + tenant + "'"))
                .isEqualTo(1);
        publish(hour(tenant, HOUR, 3, false, 21, mini(Meter.TEXT_IN, 3, "0.03")));
        passOneMore();
        assertThat(latest(tenant)).extracting(SealedHour::billableCalls).containsExactly(21L);
    }

    @Test
    void theStoreItselfTakesAnOldOrRepeatedVersionWithoutEffect() {
        TenantId tenant = Snapshots.newTenant();
        R2dbcSealedHours hours = new R2dbcSealedHours(billing.bean(PlatformTransaction.class));
        SealedHour two = hour(tenant, HOUR, 2, false, 20, mini(Meter.TEXT_IN, 2, "0.02"));
        hours.add(List.of(two)).block(WAIT);
        hours.add(List.of(two, hour(tenant, HOUR, 1, true, 10, mini(Meter.TEXT_IN, 1, "0.01"))))
                .block(WAIT);
        assertThat(latest(tenant)).containsExactly(two);
    }

    @Test
    void anHourThatAnotherServiceSignedOrNobodyIsRefused() {
        TenantId tenant = Snapshots.newTenant();
        SealedHour forged = hour(tenant, HOUR, 9, false, 1_000, mini(Meter.TEXT_IN, 1, "1000"));
        try (SnapshotPublisher tenantService = billing.publisher("tenant")) {
            tenantService
                    .publish(
                            new SnapshotTopic<>("sealed-hours.v1", "tenant", SealedHour.class), forged.key(), 9, forged)
                    .block(WAIT);
        }
        try (RecordSender sender = RecordSender.create(billing.kafka(), "forger", Duration.ofSeconds(10))) {
            sender.send(new ProducerRecord<>(
                            billing.kafka().topic("sealed-hours.v1"), forged.key(), SnapshotJson.write(forged)))
                    .block(WAIT);
        }
        passOneMore();
        assertThat(latest(tenant)).isEmpty();
    }

    @Test
    void anHourUnderAnotherTenantsKeyIsRefusedAndTheRestGoesOn() {
        TenantId victim = Snapshots.newTenant();
        SealedHour hour = hour(victim, HOUR, 1, false, 1, mini(Meter.TEXT_IN, 1, "1"));
        billing.publish(
                billing.analyticsService, SnapshotTopic.SEALED_HOURS, Snapshots.newTenant() + "/" + HOUR, 1, hour);
        SealedHour notFull = hour(victim, "2026-11-02T10:30:00Z", 1, false, 1);
        publish(notFull);
        SealedHour withNul = hour(
                victim,
                HOUR,
                1,
                false,
                1,
                new SealedHour.Total("openai", "a\u0000b", "rule", Meter.TEXT_IN, 1, Amount.ZERO));
        publish(withNul);
        passOneMore();
        assertThat(latest(victim)).isEmpty();
    }

    private void publish(SealedHour hour) {
        billing.publish(billing.analyticsService, SnapshotTopic.SEALED_HOURS, hour.key(), hour.version(), hour);
    }

    /// Hours are stored in order: when this one is there, so is everything before it that was taken.
    private void passOneMore() {
        TenantId marker = Snapshots.newTenant();
        publish(hour(marker, HOUR, 1, false, 1));
        Eventually.passes(WAIT, () -> assertThat(latest(marker)).hasSize(1));
    }

    private List<SealedHour> latest(TenantId tenant) {
        return Objects.requireNonNull(billing.bean(PlatformTransaction.class)
                .inMany(
                        "test",
                        client -> R2dbcSealedHours.latest(
                                client,
                                tenant,
                                Instant.parse("2026-11-01T00:00:00Z"),
                                Instant.parse("2026-12-01T00:00:00Z")))
                .collectList()
                .block(WAIT));
    }
}
