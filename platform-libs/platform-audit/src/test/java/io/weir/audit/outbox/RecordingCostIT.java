package io.weir.audit.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditSource;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

class RecordingCostIT {

    private static final Logger LOG = LoggerFactory.getLogger(RecordingCostIT.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 400;
    // Far above what it takes on an idle machine: it fails where recording becomes a matter of its own.
    private static final double MOST_MICROS = 20_000;

    private final Audit audit = new Audit(new AuditSource("test", InstantSource.system(), new SecureRandom()));

    @Test
    void recordingAddsLittleToAWrite() throws Exception {
        OwnDatabase database = OwnDatabase.create();
        PostgresPools pools = database.open();
        try {
            TenantTransaction transaction = pools.tenantTransaction();
            double[] without = new double[ROUNDS];
            double[] with = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                without[i] = micros(transaction, false);
                with[i] = micros(transaction, true);
            }
            double added = median(with) - median(without);
            LOG.info("A write: median {} us, recorded {} us, added {} us", median(without), median(with), added);
            assertThat(added).isLessThan(MOST_MICROS);
        } finally {
            pools.stop();
        }
    }

    private double micros(TenantTransaction transaction, boolean recorded) {
        TenantContext tenant = new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
        long start = System.nanoTime();
        transaction
                .in(client -> write(client, tenant)
                        .then(
                                recorded
                                        ? audit.record(client, AuditEntry.done("test.done", "key:8fQ2bKp0XyZ1"))
                                        : Mono.empty()))
                .contextWrite(TenantScope.entering(tenant))
                .block(PATIENCE);
        return (System.nanoTime() - start) / 1e3;
    }

    private static Mono<Void> write(DatabaseClient client, TenantContext tenant) {
        return client.sql("INSERT INTO audit_outbox (tenant_id, sequence, payload) VALUES (:tenant, 7, 'a change')")
                .bind("tenant", tenant.id().value())
                .then();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
