package io.weir.audit.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.Audit;
import io.weir.audit.AuditSource;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.isolation.Finding;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IsolationAuditIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void aFindingIsRecordedOnceAndAgainOnlyWhenItComesBack() throws Exception {
        OwnDatabase database = OwnDatabase.create();
        PostgresPools pools = database.open();
        try {
            AtomicReference<List<Finding>> now = new AtomicReference<>(List.of());
            IsolationAudit looking = new IsolationAudit(
                    now::get,
                    pools.platformTransaction(),
                    new Audit(new AuditSource("test", InstantSource.system(), new SecureRandom())));
            Finding forced = new Finding("not-forced", "table invoice does not force row security", "ALTER TABLE");
            Finding bypass = new Finding("bypass", "role app bypasses row security", "ALTER ROLE");
            looking.look().block(PATIENCE);
            assertThat(events(database)).isEmpty();
            now.set(List.of(forced));
            looking.look().block(PATIENCE);
            now.set(List.of(forced, bypass));
            looking.look().block(PATIENCE);
            looking.look().block(PATIENCE);
            assertThat(events(database)).hasSize(2);
            assertThat(events(database).getFirst())
                    .contains("isolation.verified", "rule:not-forced", "table invoice", "failed");
            now.set(List.of());
            looking.look().block(PATIENCE);
            now.set(List.of(bypass));
            // What could not be recorded is the next time.
            database.execute("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");
            looking.look().block(PATIENCE);
            database.execute("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
            looking.look().block(PATIENCE);
            assertThat(events(database)).hasSize(3);
        } finally {
            pools.stop();
        }
    }

    private static List<String> events(OwnDatabase database) throws Exception {
        return database.texts("SELECT payload FROM audit_outbox ORDER BY sequence");
    }
}
