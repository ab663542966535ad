package io.weir.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.ApiKeySnapshot.Status;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallMetersTests {

    private static final long MILLIS = 1_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CallMeters meters = new CallMeters(registry);

    @Test
    void aCallCountsForItsPlanAndKindOfStatus() {
        meters.ended(call(RouteClass.INFERENCE, "growth"), finished(200));
        meters.ended(call(RouteClass.INFERENCE, "growth"), finished(503));
        meters.ended(call(RouteClass.BILLING, "growth"), finished(200));
        assertThat(timer("growth", "2xx").count()).isOne();
        assertThat(timer("growth", "5xx").count()).isOne();
        assertThat(timer("growth", "4xx").count()).isZero();
    }

    @Test
    void plansAreFewWhateverTheyAreCalled() {
        for (int n = 0; n < 100; n++) {
            meters.ended(call(RouteClass.INFERENCE, "plan-" + n), finished(200));
        }
        List<String> plans = registry.find("gateway.calls").timers().stream()
                .map(timer -> timer.getId().getTag("plan"))
                .distinct()
                .toList();
        assertThat(plans).hasSize(CallMeters.MOST_PLANS + 1).contains(CallMeters.OTHER);
        assertThat(timer(CallMeters.OTHER, "2xx").count()).isEqualTo(100 - CallMeters.MOST_PLANS);
    }

    @Test
    void refusalsCountByReason() throws Exception {
        Call refused = new Call("1", RouteClass.INFERENCE, 0, InetAddress.getLoopbackAddress(), false);
        refused.refusedWith("invalid_api_key");
        meters.ended(refused, finished(401));
        Call odd = new Call("2", RouteClass.INFERENCE, 0, InetAddress.getLoopbackAddress(), false);
        odd.refusedWith("what nobody knows");
        meters.ended(odd, finished(400));
        assertThat(registry.get("gateway.refusals").counters())
                .extracting(counter -> counter.getId().getTags())
                .containsExactlyInAnyOrder(
                        List.of(Tag.of("reason", "invalid_api_key")), List.of(Tag.of("reason", "other")));
    }

    private Timer timer(String plan, String status) {
        return registry.get("gateway.calls")
                .tags("plan", plan, "status", status)
                .timer();
    }

    private static Finished finished(int status) {
        return new Finished("POST", status, 30 * MILLIS, false, null);
    }

    private static Call call(RouteClass route, String plan) {
        TenantId tenant = new TenantId(UUID.randomUUID());
        Instant now = Instant.now();
        Call call = new Call("r", route, 0, InetAddress.getLoopbackAddress(), false);
        call.provenAs(new Caller(
                new ApiKeySnapshot(
                        "key", tenant, "hash", "name", Set.of(), Status.ACTIVE, null, 1, null, List.of(), null, null),
                new TenantSnapshot(
                        tenant,
                        new TenantSlug("acme"),
                        TenantStatus.ACTIVE,
                        plan,
                        Placement.POOL,
                        "local",
                        "UTC",
                        "USD",
                        null,
                        TenantSettings.DEFAULTS,
                        1,
                        now)));
        return call;
    }
}
