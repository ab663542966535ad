package io.weir.orchestration.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.orchestration.lane.Occupancy.Stay;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OccupancyTests {

    private final AtomicLong late = new AtomicLong();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final InstantSource clock = now::get;
    private final TenantShares shares = new TenantShares(clock);
    private final Occupancy occupancy = new Occupancy(
            new LaneProperties(
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMillis(200),
                    1000,
                    Duration.ofSeconds(30),
                    1,
                    10,
                    4,
                    0.5,
                    0.8,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5)),
            shares,
            late::get,
            new SimpleMeterRegistry());
    private final List<Stay> stays = new ArrayList<>();

    private static TenantId tenant(int number) {
        return new TenantId(new UUID(0, number));
    }

    private void enter(int tenant, Priority priority, boolean stream) {
        stays.add(occupancy.enter(tenant(tenant), priority, stream));
    }

    private void refuses(int tenant, Priority priority, boolean stream, ProblemType why) {
        int before = occupancy.calls();
        assertThatThrownBy(() -> occupancy.enter(tenant(tenant), priority, stream))
                .isInstanceOfSatisfying(
                        LaneFull.class,
                        full -> assertThat(full.problem().type()).isEqualTo(why));
        assertThat(occupancy.calls()).isEqualTo(before);
    }

    @Test
    void batchWorkIsRefusedFirstThenAllAndAPlaceThatIsLeftIsAnothers() {
        for (int i = 0; i < 5; i++) {
            enter(i, Priority.INTERACTIVE, false);
        }
        refuses(1, Priority.BATCH, false, ProblemType.SERVICE_UNAVAILABLE);
        for (int i = 5; i < 10; i++) {
            enter(i, Priority.INTERACTIVE, false);
        }
        refuses(1, Priority.INTERACTIVE, false, ProblemType.SERVICE_UNAVAILABLE);
        stays.getFirst().close();
        stays.getFirst().close();
        enter(1, Priority.INTERACTIVE, false);
        refuses(1, Priority.INTERACTIVE, false, ProblemType.SERVICE_UNAVAILABLE);
        stays.forEach(Stay::close);
        assertThat(occupancy.calls()).isZero();
        assertThat(occupancy.tenants()).isZero();
    }

    @Test
    void streamsDoNotTakeTheRoomOfOthers() {
        for (int i = 0; i < 4; i++) {
            enter(i, Priority.INTERACTIVE, true);
        }
        refuses(5, Priority.INTERACTIVE, true, ProblemType.SERVICE_UNAVAILABLE);
        enter(5, Priority.INTERACTIVE, false);
    }

    @Test
    void oneTenantHasItsPartAtMost() {
        for (int i = 0; i < 8; i++) {
            enter(1, Priority.INTERACTIVE, false);
        }
        refuses(1, Priority.INTERACTIVE, false, ProblemType.RATE_LIMIT_EXCEEDED);
        enter(2, Priority.INTERACTIVE, false);
    }

    @Test
    void aRestrictedTenantRunsFewCallsUntilThatEndsOrItIsPardoned() {
        shares.restrict(tenant(1), 0.5, 1, Instant.EPOCH.plusSeconds(60));
        enter(1, Priority.INTERACTIVE, false);
        refuses(1, Priority.INTERACTIVE, false, ProblemType.RATE_LIMIT_EXCEEDED);
        enter(2, Priority.INTERACTIVE, false);
        shares.pardon(tenant(1));
        enter(1, Priority.INTERACTIVE, false);
        shares.restrict(tenant(1), 0.5, 1, Instant.EPOCH.plusSeconds(60));
        refuses(1, Priority.INTERACTIVE, false, ProblemType.RATE_LIMIT_EXCEEDED);
        now.set(Instant.EPOCH.plusSeconds(61));
        enter(1, Priority.INTERACTIVE, false);
    }

    @Test
    void whoIsLateWithEverythingRefusesBatchWorkThenAll() {
        late.set(Duration.ofSeconds(2).toNanos());
        refuses(1, Priority.BATCH, false, ProblemType.SERVICE_UNAVAILABLE);
        enter(1, Priority.INTERACTIVE, false);
        late.set(Duration.ofSeconds(6).toNanos());
        refuses(1, Priority.INTERACTIVE, false, ProblemType.SERVICE_UNAVAILABLE);
    }

    @Test
    void aProcessTakesNoMoreCallsThanItsHeapHasRoomFor() {
        assertThat(LaneProperties.roomFor(256L << 20)).isEqualTo(2_560);
        assertThat(LaneProperties.roomFor(1L << 30)).isEqualTo(14_848);
        assertThat(LaneProperties.roomFor(64L << 20)).isEqualTo(256);
        assertThat(LaneProperties.roomFor(Long.MAX_VALUE)).isEqualTo(100_000);
    }
}
