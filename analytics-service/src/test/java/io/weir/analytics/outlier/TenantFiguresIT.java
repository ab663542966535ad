package io.weir.analytics.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.outlier.TenantFigures.Recent;
import io.weir.analytics.outlier.TenantFigures.Spend;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Three tenants of which one fails, one waits and one spends.
@Tag("infra")
class TenantFiguresIT {

    static {
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static Instant now = Instant.EPOCH;
    private static final TenantId FAILS = new TenantId(UUID.randomUUID());
    private static final TenantId WAITS = new TenantId(UUID.randomUUID());
    private static final TenantId SPENDS = new TenantId(UUID.randomUUID());

    private static final ClickHouse CLICKHOUSE = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            Infrastructure.freshName("outliers"),
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            4,
            LIMIT,
            LIMIT,
            LIMIT));
    private static final BlockWriter WRITER = new BlockWriter(CLICKHOUSE);

    private final TenantFigures figures = new TenantFigures(new TenantQuery(CLICKHOUSE));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Revenue revenue = new Revenue(id -> Optional.of(tenant(id)), key -> Optional.of(growth()));

    @BeforeAll
    static void rows() {
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Schema schema = new Schema(CLICKHOUSE, RetentionProperties.DEFAULTS);
        schema.start();
        Eventually.passes(LIMIT, () -> assertThat(schema.isReady()).isTrue());
        for (int n = 0; n < 30; n++) {
            call(FAILS, "f" + n, n < 3 ? 503 : 200, 110, 100, null);
            call(WAITS, "w" + n, 200, 600, 100, null);
        }
        for (int hour = 1; hour <= 3; hour++) {
            Instant then = now.minus(Duration.ofHours(hour));
            access(WAITS, "q" + hour, 429, 1, then, "insufficient_quota");
        }
        spend("now", now.minus(Duration.ofHours(1)), "90");
        spend("before", now.minus(Duration.ofDays(3)), "70");
        spend("long ago", now.minus(Duration.ofDays(60)), "1000");
    }

    @Test
    void errorsAndWhatThePlatformAddsAreKnownByTenant() {
        List<Recent> recent = Objects.requireNonNull(
                figures.recent(now.minus(Duration.ofMinutes(5))).block(LIMIT));
        assertThat(recent).containsExactlyInAnyOrder(new Recent(FAILS, 3, 27, 10), new Recent(WAITS, 0, 30, 500));
        new OutlierMeters(registry).recent(recent, revenue::plan);
        assertThat(gauge("weir.analytics.tenants.errors", FAILS)).isEqualTo(3);
        assertThat(registry.find("weir.analytics.tenants.errors").gauges()).hasSize(1);
        assertThat(gauge("weir.analytics.tenants.added", WAITS)).isEqualTo(0.5);
    }

    @Test
    void metQuotasCountByHour() {
        OutlierMeters meters = new OutlierMeters(registry);
        meters.quotas(Objects.requireNonNull(figures.quotas(now).block(LIMIT)), revenue::plan);
        assertThat(gauge("weir.analytics.tenants.quota.hits", WAITS)).isEqualTo(3);
    }

    @Test
    void spendIsComparedWithWhatIsUsualAndWithWhatThePlanBrings() {
        List<Spend> spend = Objects.requireNonNull(
                figures.spend(now, now.minus(Duration.ofDays(2))).block(LIMIT));
        OutlierMeters meters = new OutlierMeters(registry);
        meters.spend(spend, revenue, now);
        assertThat(gauge("weir.analytics.tenants.spend.day", SPENDS)).isEqualTo(90);
        assertThat(gauge("weir.analytics.tenants.spend.usual", SPENDS)).isEqualTo(10);
        double fee = 30 * (double) Duration.between(Revenue.month(now), now).toMillis() / monthMillis();
        assertThat(gauge("weir.analytics.tenants.cost.share", SPENDS)).isCloseTo(90 / (90 * 1.1 + fee), within(0.001));
    }

    @Test
    void whoNoLongerStandsOutIsGone() {
        OutlierMeters meters = new OutlierMeters(registry);
        meters.recent(List.of(new Recent(FAILS, 3, 27, 10)), revenue::plan);
        meters.recent(List.of(new Recent(FAILS, 0, 27, 10)), revenue::plan);
        assertThat(registry.find("weir.analytics.tenants.errors").gauges()).isEmpty();
    }

    @Test
    void noMoreThanFiftyAreNamed() {
        OutlierMeters meters = new OutlierMeters(registry);
        List<Recent> many = IntStream.rangeClosed(1, 200)
                .mapToObj(n -> new Recent(new TenantId(new UUID(7, n)), n, 30, 1))
                .toList();
        meters.recent(many, revenue::plan);
        assertThat(registry.find("weir.analytics.tenants.errors").gauges())
                .hasSize(TenantFigures.MOST)
                .allSatisfy(gauge -> assertThat(gauge.value()).isGreaterThan(150));
    }

    private double gauge(String name, TenantId tenant) {
        Gauge gauge = registry.get(name)
                .tags("tenant", tenant.toString(), "plan", "growth")
                .gauge();
        return gauge.value();
    }

    private static double monthMillis() {
        return YearMonth.from(now.atZone(ZoneOffset.UTC)).lengthOfMonth()
                * (double) Duration.ofDays(1).toMillis();
    }

    private static void call(TenantId tenant, String id, int status, long edge, long provider, @Nullable String why) {
        Instant time = now.minus(Duration.ofSeconds(30));
        access(tenant, id, status, edge, time, why);
        Map<String, Object> attempt = row(tenant, id, time);
        attempt.put("request_id", id);
        attempt.put("attempt", 1);
        attempt.put("latency_ms", provider);
        write("usage_attempts", id, attempt);
    }

    private static void access(
            TenantId tenant, String id, int status, long millis, Instant time, @Nullable String why) {
        Map<String, Object> access = row(tenant, id, time);
        access.put("request_id", id);
        access.put("route_class", "inference");
        access.put("status", status);
        access.put("latency_ms", millis);
        access.put("reason", why);
        write("access_records", id, access);
    }

    private static void spend(String id, Instant time, String cost) {
        Map<String, Object> row = row(SPENDS, id, time);
        row.put("request_id", id);
        row.put("cost", cost);
        row.put("billable", true);
        write("usage_requests", id, row);
    }

    private static Map<String, Object> row(TenantId tenant, String id, Instant time) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", tenant.toString());
        row.put("hour", time.truncatedTo(ChronoUnit.HOURS).toString());
        row.put("event_id", id);
        row.put("event_time", time.toString());
        return row;
    }

    private static void write(String table, String id, Map<String, Object> row) {
        WRITER.write(new Block(table, SnapshotJson.write(row), 1, table + id)).block(LIMIT);
    }

    private static TenantSnapshot tenant(String id) {
        return new TenantSnapshot(
                TenantId.of(id),
                new TenantSlug("acme"),
                TenantStatus.ACTIVE,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                null,
                TenantSettings.DEFAULTS,
                1,
                now);
    }

    private static PlanSnapshot growth() {
        Terms terms = new Terms(
                Instant.EPOCH,
                Amount.of("30"),
                1_000L,
                Period.MONTH,
                Rate.of("0.01"),
                Rate.of("1.1"),
                1_000,
                null,
                null,
                null,
                null);
        return new PlanSnapshot("growth", "Growth", List.of(terms), 1);
    }
}
