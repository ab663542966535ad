package io.weir.analytics.sla;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.analytics.sla.Availability.Counted;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Records come late, twice, and are counted again and again.
@Tag("infra")
class AvailabilityHoursIT {

    static {
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static Instant hour = Instant.EPOCH;

    private static final ClickHouse CLICKHOUSE = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            Infrastructure.freshName("sla"),
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            4,
            LIMIT,
            LIMIT,
            LIMIT));
    private static final BlockWriter WRITER = new BlockWriter(CLICKHOUSE);

    private final AvailabilityHours hours = new AvailabilityHours(new TenantQuery(CLICKHOUSE), WRITER);

    @BeforeAll
    static void schema() {
        hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(2));
        Schema schema = new Schema(CLICKHOUSE, RetentionProperties.DEFAULTS);
        schema.start();
        Eventually.passes(LIMIT, () -> assertThat(schema.isReady()).isTrue());
    }

    @Test
    void anHourThatIsCountedAgainReplacesItself() {
        TenantContext tenant = tenant();
        record(tenant, "a", 200, hour.plusSeconds(5));
        record(tenant, "b", 503, hour.plusSeconds(3_599));
        count(hour.plusSeconds(1));
        assertThat(own(tenant)).isEqualTo(new Counted(tenant.id(), 2, 1));
        record(tenant, "c", 500, hour.plusSeconds(7));
        record(tenant, "left", 499, hour.plusSeconds(8));
        count(hour.plusSeconds(2));
        count(hour.plusSeconds(3));
        assertThat(own(tenant)).isEqualTo(new Counted(tenant.id(), 3, 2));
    }

    @Test
    void aRecordThatIsThereTwiceIsOneCall() {
        TenantContext tenant = tenant();
        record(tenant, "twice", 500, hour.plusSeconds(5));
        record(tenant, "twice", 500, hour.plusSeconds(5));
        count(hour.plusSeconds(1));
        assertThat(own(tenant)).isEqualTo(new Counted(tenant.id(), 1, 1));
    }

    @Test
    void everyTenantIsCountedApartAndOnlyInItsHours() {
        TenantContext one = tenant();
        TenantContext other = tenant();
        record(one, "in", 200, hour.plusSeconds(5));
        record(one, "before", 500, hour.minusSeconds(1));
        record(one, "after", 500, end());
        record(other, "in", 500, hour.plusSeconds(5));
        hours.count(hour.minus(Duration.ofHours(1)), hour).block(LIMIT);
        assertThat(own(one)).isEqualTo(new Counted(one.id(), 1, 0));
        assertThat(own(other)).isEqualTo(new Counted(other.id(), 1, 1));
        assertThat(own(tenant())).extracting(Counted::calls).isEqualTo(0L);
        assertThat(hours.all(hour, end()).block(LIMIT))
                .contains(new Counted(one.id(), 1, 0), new Counted(other.id(), 1, 1));
    }

    private static Instant end() {
        return hour.plus(Duration.ofHours(1));
    }

    private void count(Instant at) {
        assertThat(hours.count(hour, at).block(LIMIT)).isPositive();
    }

    private Counted own(TenantContext tenant) {
        Counted counted = hours.own(tenant, hour, end()).block(LIMIT);
        assertThat(counted).isNotNull();
        return counted;
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }

    private static void record(TenantContext tenant, String id, int status, Instant time) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", tenant.id().toString());
        row.put("hour", time.truncatedTo(ChronoUnit.HOURS).toString());
        row.put("event_id", id);
        row.put("event_time", time.toString());
        row.put("request_id", id);
        row.put("route_class", "inference");
        row.put("status", status);
        // A token of its own: nothing but the table's order makes two of it one.
        WRITER.write(new Block(
                        "access_records",
                        SnapshotJson.write(row),
                        1,
                        UUID.randomUUID().toString()))
                .block(LIMIT);
    }
}
