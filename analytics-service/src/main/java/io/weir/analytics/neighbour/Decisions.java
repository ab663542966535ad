package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Cause;
import io.weir.analytics.neighbour.ladder.Impact;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.audit.AuditEntry;
import io.weir.audit.journal.AuditJournal;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Makes a decision count: it is audited, stored, published, and told to operators, in this order. What could not be
/// recorded is not done. Safe for use by many threads; telling the same decision again does no harm.
final class Decisions {

    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);
    private static final String ALERTS = "alerts.v1";
    private static final Duration ALERT_LIMIT = Duration.ofSeconds(3);

    private final Cases cases;
    private final AuditJournal audit;
    private final SnapshotPublisher publisher;
    private final RecordSender alerts;
    private final KafkaProperties kafka;
    private final NeighbourMeters meters;

    Decisions(
            Cases cases,
            AuditJournal audit,
            SnapshotPublisher publisher,
            RecordSender alerts,
            KafkaProperties kafka,
            NeighbourMeters meters) {
        this.cases = cases;
        this.audit = audit;
        this.publisher = publisher;
        this.alerts = alerts;
        this.kafka = kafka;
        this.meters = meters;
    }

    /// Completes when it is recorded; what is left is to [#tell] it.
    Mono<Void> record(Case decided) {
        return audited(decided).then(cases.add(decided)).doOnSuccess(stored -> log(decided));
    }

    /// Completes when the data plane's topic has it. An alert that the broker does not take stands in the log alone.
    Mono<Void> tell(Case decided) {
        Mono<Void> published = decided.enforced()
                ? publisher.publish(
                        SnapshotTopic.TENANT_RESTRICTIONS,
                        decided.tenantId().toString(),
                        decided.version(),
                        decided.restriction())
                : Mono.empty();
        return decided.cause() == Cause.ESCALATED && decided.stage() != Stage.NONE
                ? published.then(alert(decided))
                : published;
    }

    // Into the tenant's own log, which names nobody else. Nothing is done where steps are off.
    private Mono<Void> audited(Case decided) {
        if (!decided.enforced()) {
            return Mono.empty();
        }
        String action = "neighbour." + decided.cause().wireName().replace('_', '-');
        return audit.append(
                decided.tenantId(),
                AuditEntry.done(action, "tenant:" + decided.tenantId())
                        .with(decided.stage().wireName() + ": " + decided.reason()));
    }

    private void log(Case decided) {
        meters.decided(decided);
        Impact impact = decided.impact();
        String line = String.format(
                Locale.ROOT,
                "Tenant %s: %s (%s%s) until %s, %s; %d tenants suffer, %d of their calls late, worth %s USD, %d refused,"
                        + " worth %s USD",
                decided.tenantId(),
                decided.stage().wireName(),
                decided.cause().wireName(),
                decided.enforced() ? "" : ", said and not done",
                decided.until(),
                decided.reason(),
                impact.tenantCount(),
                impact.delayedCalls(),
                impact.delayedCostUsd(),
                impact.refusedCalls(),
                impact.lostRevenueUsd());
        if (decided.stage() == Stage.PAGE) {
            LOG.error(line);
        } else if (decided.cause() == Cause.ESCALATED) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
    }

    private Mono<Void> alert(Case decided) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                kafka.topic(ALERTS), decided.tenantId().toString(), SnapshotJson.write(Alert.of(decided)));
        TenantHeader.stamp(record.headers(), decided.tenantId());
        return alerts.send(record).timeout(ALERT_LIMIT).then().onErrorResume(failure -> {
            meters.alertFailed();
            LOG.error("An alert about tenant {} was not sent: {}", decided.tenantId(), failure.toString());
            return Mono.empty();
        });
    }
}
