package io.weir.analytics.ingestion;

import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseException;
import io.weir.clickhouse.SchemaMigrations;
import io.weir.observability.ReadinessCondition;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Brings ClickHouse to this version's schema in the background, trying until it answers.
public final class Schema implements SmartLifecycle, ReadinessCondition {

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final List<String> SCRIPTS = List.of(
            "clickhouse/V001__usage.sql",
            "clickhouse/V002__access.sql",
            "clickhouse/V003__outcomes.sql",
            "clickhouse/V004__unpriced.sql",
            "clickhouse/V005__gaps.sql",
            "clickhouse/V007__explorer.sql",
            "clickhouse/V008__neighbours.sql",
            "clickhouse/V009__availability.sql");

    private final SchemaMigrations migrations;
    private final RetentionProperties retention;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile boolean started;

    public Schema(ClickHouse clickHouse, RetentionProperties retention) {
        this.migrations = new SchemaMigrations(clickHouse, SCRIPTS);
        this.retention = retention;
    }

    @Override
    public String name() {
        return "clickhouse-schema";
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void start() {
        started = true;
        Thread.ofPlatform().name("clickhouse-schema").daemon().start(this::untilDone);
    }

    @Override
    public void stop() {
        started = false;
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    private void untilDone() {
        try {
            do {
                try {
                    migrations.migrate();
                    retain();
                    ready = true;
                    return;
                } catch (ClickHouseException away) {
                    LOG.warn("ClickHouse schema not there yet, trying again: {}", away.getMessage());
                }
            } while (!stopped.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void retain() {
        int months = retention.meteringMonths();
        migrations.keepFor("usage_requests", "hour", months, ChronoUnit.MONTHS);
        migrations.keepFor("usage_attempts", "hour", months, ChronoUnit.MONTHS);
        migrations.keepFor("external_costs", "hour", months, ChronoUnit.MONTHS);
        migrations.keepFor("availability_hours", "hour", months, ChronoUnit.MONTHS);
        migrations.keepFor("usage_dropped", "hour", months, ChronoUnit.MONTHS);
        migrations.keepFor("usage_holds", "hour", retention.holdsDays(), ChronoUnit.DAYS);
        migrations.keepFor("access_records", "hour", retention.accessDays(), ChronoUnit.DAYS);
    }
}
