package io.weir.orchestration.budget.alert;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.catalog.BudgetSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Puts alerts that were raised on their topic. Each is there under one id; a crash between the broker's word and the
/// database's may put it there twice.
public final class AlertRelay implements AutoCloseable {

    /// The topic, without the prefix.
    public static final String TOPIC = "alerts.v1";

    static final String TYPE = "io.weir.alert.budget.v1";

    private static final Logger LOG = LoggerFactory.getLogger(AlertRelay.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long ROUND_MILLIS = 500;
    private static final Duration ROUND_LIMIT = Duration.ofSeconds(15);

    private final R2dbcBudgetAlerts alerts;
    private final KafkaProperties kafka;
    private final Function<String, Optional<BudgetSnapshot>> definitions;
    private final RecordSender sender;
    private final ScheduledExecutorService timer;

    /// @param definitions by id; empty where a budget was removed
    public AlertRelay(
            PlatformTransaction transaction,
            KafkaProperties kafka,
            Function<String, Optional<BudgetSnapshot>> definitions) {
        this.definitions = definitions;
        this.alerts = new R2dbcBudgetAlerts(transaction);
        this.kafka = kafka;
        this.sender = RecordSender.create(kafka, "alerts-orchestration", Duration.ofSeconds(5));
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("budget-alerts").daemon().factory());
    }

    /// To be called once.
    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void begin() {
        timer.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            alerts.claim()
                    .flatMapMany(Flux::fromIterable)
                    .concatMap(this::tell)
                    .then()
                    .block(ROUND_LIMIT);
        } catch (RuntimeException later) {
            LOG.warn("Alerts of budgets wait: {}", later.toString());
        }
    }

    private Mono<Void> tell(BudgetAlert alert) {
        String tenant = alert.tenantId().toString();
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(kafka.topic(TOPIC), tenant, written(alert, definitions.apply(alert.budgetId())));
        TenantHeader.stamp(record.headers(), alert.tenantId());
        return sender.send(record).then(alerts.told(alert));
    }

    private static byte[] written(BudgetAlert alert, Optional<BudgetSnapshot> budget) {
        ObjectNode event = JSON.createObjectNode();
        event.put("specversion", "1.0");
        event.put("type", TYPE);
        event.put("datacontenttype", "application/json");
        event.put("id", alert.id());
        event.put("source", "orchestration");
        event.put("time", alert.raisedAt().toString());
        event.put("tenantid", alert.tenantId().toString());
        ObjectNode data = event.putObject("data");
        data.put("tenantId", alert.tenantId().toString());
        data.put("budgetId", alert.budgetId());
        data.put("windowStart", alert.windowStart().toString());
        data.put("kind", alert.kind());
        data.put("settled", alert.settled().toPlainString());
        data.put("limit", alert.limit().toPlainString());
        budget.ifPresent(known -> {
            BudgetSnapshot.Scope scope = known.scope();
            data.put("scope", (scope == null ? BudgetSnapshot.Scope.TENANT : scope).wireName());
            data.put("subject", known.subject());
        });
        return JSON.writeValueAsBytes(event);
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(ROUND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
