package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// How fast tenants are made, told and listed. `-Dweir.tenants=10000` for the full number.
class ManyTenantsIT {

    private static final int COUNT = Integer.getInteger("weir.tenants", 300);
    private static final int CALLERS = 16;

    @Test
    void tenantsAreMadeToldAndListedAtARate() throws Exception {
        try (TenantPlatform platform = TenantPlatform.start()) {
            SnapshotReader reader = platform.reader();
            SnapshotTable<TenantSnapshot> tenants = reader.table(SnapshotTopic.TENANTS);
            reader.start();
            long started = System.nanoTime();
            provision(platform);
            double made = seconds(started);
            Eventually.passes(
                    Duration.ofSeconds(60), () -> assertThat(tenants.all()).hasSize(COUNT + 1));
            double told = seconds(started);

            long last = System.nanoTime();
            String late = platform.admin().provision("the-last-one");
            Eventually.passes(
                    Duration.ofSeconds(10), () -> assertThat(tenants.find(late)).isPresent());
            double one = seconds(last);

            long listing = System.nanoTime();
            assertThat(listed(platform)).isEqualTo(COUNT + 1);
            double listed = seconds(listing);

            long again = System.nanoTime();
            Answer queued = platform.admin().post("/api/tenants/republish?topic=tenants.v1", "");
            assertThat(queued.body().at("/queued/tenants.v1").asInt()).isEqualTo(COUNT + 2);
            double republished = seconds(again);
            LoggerFactory.getLogger(ManyTenantsIT.class)
                    .info(String.format(
                            "%d tenants: %.0f/s made, all told after %.1f s, the next one told in %.0f ms, listed in %.0f ms,"
                                    + " republication queued in %.0f ms",
                            COUNT, COUNT / made, told, one * 1e3, listed * 1e3, republished * 1e3));
            assertThat(one).isLessThan(5);
            reader.stop();
        }
    }

    private static void provision(TenantPlatform platform) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(executor.submit(() -> {
                    for (int n = next.getAndIncrement(); n < COUNT; n = next.getAndIncrement()) {
                        platform.admin().provision("tenant-" + n);
                    }
                    return null;
                }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
    }

    private static int listed(TenantPlatform platform) throws Exception {
        int count = 0;
        String cursor = "";
        do {
            Answer page = platform.admin().get("/api/tenants?limit=200" + cursor);
            count += page.body().path("tenants").size();
            JsonNode after = page.body().path("nextCursor");
            cursor = after.isNull() ? "" : "&cursor=" + after.asString();
        } while (!cursor.isEmpty());
        return count;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
