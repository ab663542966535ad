package io.weir.analytics.proof.sockets;

import io.weir.analytics.proof.sockets.Crowd.Delays;
import io.weir.analytics.proof.sockets.Settler.Due;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// The measurement. Half of all settlements are one tenant's, whose streams are its share of sockets, some of them
/// stalled; the others are spread over the other tenants.
public final class SocketsProof {

    private static final int PER_SECOND = 200;
    private static final int EACH = 10;
    private static final int HOT = 40;
    private static final int STALLED = 50;
    private static final int PARTITIONS = 6;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration QUERY_LIMIT = Duration.ofSeconds(30);
    private static final double MOST_P99_MS = 1_000;
    private static final double MOST_BACK_MS = 30_000;
    private static final long MOST_BYTES = 256 << 10;

    private final Servers servers;
    private final int sockets;
    private final int seconds;
    private final Consumer<String> progress;

    /// @param sockets that read; the stalled ones come on top
    /// @param seconds of each of the two times of steady load
    public SocketsProof(Servers servers, int sockets, int seconds, Consumer<String> progress) {
        this.servers = servers;
        this.sockets = sockets;
        this.seconds = seconds;
        this.progress = progress;
    }

    /// Where Kafka and ClickHouse are.
    ///
    /// @param name of its own, for topics and the database
    /// @param directory of its own
    public record Servers(
            String broker, String clickHouseUrl, String user, String password, String name, Path directory) {}

    /// What a socket costs the instance.
    ///
    /// @param liveHeapBytes per socket: objects after a full collection with all open, less those with none open
    /// @param residentBytes of the process, likewise
    /// @param liveHeapUnderLoad all of the heap's objects, after the load with stalled readers
    public record Memory(long liveHeapBytes, long residentBytes, long liveHeapUnderLoad, long residentUnderLoad) {}

    /// The restart: kill -9 while settlements go on, and everybody comes back at once.
    ///
    /// @param allBackMillis from the instance's readiness until every socket is open
    public record Storm(long allBackMillis, long refused, Delays opening) {}

    public record Result(
            int sockets,
            int tenants,
            int stalled,
            long settlements,
            Delays calm,
            Delays besideStalled,
            Delays afterRestart,
            Memory memory,
            long stalledEnded,
            long stalledEndedMillis,
            Storm storm,
            long coalesced,
            long checkpoints,
            int faults,
            int notAtTheEnd,
            int wrongTotals,
            boolean proven) {}

    public Result run() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        String prefix = servers.name() + ".";
        String database = servers.name();
        createTopics(prefix);
        Map<String, String> settings = new HashMap<>(Map.of(
                "weir.kafka.bootstrap-servers", servers.broker(),
                "weir.kafka.topic-prefix", prefix,
                "weir.clickhouse.url", servers.clickHouseUrl(),
                "weir.clickhouse.database", database,
                "weir.clickhouse.username", servers.user(),
                "weir.clickhouse.password", servers.password(),
                "weir.analytics.stream.checkpoint", "10s"));
        int hot = Math.min(HOT, sockets / 2);
        int others = Math.max(1, (sockets - hot) / EACH);
        TenantId busy = new TenantId(UUID.randomUUID());
        List<TenantId> quiet = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            quiet.add(new TenantId(UUID.randomUUID()));
        }
        List<TenantId> turns = new ArrayList<>();
        quiet.forEach(tenant -> Collections.addAll(turns, tenant, busy));
        try (Instance instance = new Instance(servers.directory(), settings)) {
            return measured(instance, new Plan(prefix, database, busy, hot, quiet, turns));
        }
    }

    private record Plan(
            String prefix, String database, TenantId busy, int hot, List<TenantId> quiet, List<TenantId> turns) {}

    private void createTopics(String prefix) throws ExecutionException, InterruptedException, TimeoutException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.broker()))) {
            admin.createTopics(List.of(
                            new NewTopic(prefix + "usage.v1", PARTITIONS, (short) 1),
                            new NewTopic(prefix + "alerts.v1", 3, (short) 1),
                            new NewTopic(prefix + "tenants.v1", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private Result measured(Instance instance, Plan plan)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<StalledReader> stalled = new ArrayList<>();
        try (Settler settler = new Settler(servers.broker(), plan.prefix() + "usage.v1", plan.turns(), PER_SECOND)) {
            try (Crowd warm = new Crowd(instance, settler)) {
                warm.open(plan.quiet().subList(0, Math.min(20, plan.quiet().size())), 2, LIMIT);
                TimeUnit.SECONDS.sleep(2);
            }
            Crowd.await(() -> open(instance) == 0, LIMIT, "sockets of the warming up are open");
            long heapBefore = instance.liveHeap();
            long residentBefore = instance.resident();
            try (Crowd crowd = new Crowd(instance, settler)) {
                crowd.open(plan.quiet(), EACH, LIMIT);
                crowd.open(List.of(plan.busy()), plan.hot(), LIMIT);
                int open = crowd.readers().size();
                Delays opening = crowd.openings();
                progress.accept(open + " sockets open, p99 " + opening.p99() + " ms");
                long heap = (instance.liveHeap() - heapBefore) / open;
                long resident = (instance.resident() - residentBefore) / open;
                crowd.delays();
                TimeUnit.SECONDS.sleep(seconds);
                Delays calm = crowd.delays();
                progress.accept("settlement to frame " + calm);
                long begin = System.nanoTime();
                for (int i = 0; i < STALLED; i++) {
                    stalled.add(new StalledReader(instance, plan.busy()));
                }
                Crowd.await(() -> slow(instance) >= STALLED, LIMIT, "stalled readers are not ended");
                long ended = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                TimeUnit.MILLISECONDS.sleep(Math.max(0, seconds * 1_000L - ended));
                Delays beside = crowd.delays();
                progress.accept("with " + STALLED + " stalled " + beside + ", ended after " + ended + " ms");
                long endedCount = slow(instance);
                Memory memory = new Memory(heap, resident, instance.liveHeap(), instance.resident());
                Storm storm = storm(instance, crowd);
                progress.accept("restarted: " + storm);
                awaitCaughtUp(crowd, settler);
                crowd.delays();
                TimeUnit.SECONDS.sleep(Math.min(10, seconds));
                Delays after = crowd.delays();
                settler.stop();
                return result(plan, crowd, settler, calm, beside, after, memory, endedCount, ended, storm, instance);
            }
        } finally {
            for (StalledReader one : stalled) {
                one.close();
            }
        }
    }

    private static long open(Instance instance) {
        return meter(instance, "weir_analytics_stream_sockets", "");
    }

    private static long slow(Instance instance) {
        return meter(instance, "weir_analytics_stream_closed_total", "slow");
    }

    private static long meter(Instance instance, String name, String word) {
        try {
            return Math.round(instance.meter(name, word));
        } catch (IOException away) {
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private Storm storm(Instance instance, Crowd crowd) throws IOException, InterruptedException, TimeoutException {
        crowd.openings();
        instance.kill();
        Crowd.await(() -> crowd.readers().stream().noneMatch(Reader::isOpen), LIMIT, "readers did not notice");
        instance.startAgain();
        long refusedBefore = crowd.refusals();
        long begin = System.nanoTime();
        Crowd.await(() -> crowd.readers().stream().allMatch(Reader::isOpen), LIMIT, "not all are back");
        return new Storm(
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                crowd.refusals() - refusedBefore,
                crowd.openings());
    }

    private Result result(
            Plan plan,
            Crowd crowd,
            Settler settler,
            Delays calm,
            Delays beside,
            Delays after,
            Memory memory,
            long endedCount,
            long ended,
            Storm storm,
            Instance instance)
            throws IOException, InterruptedException, TimeoutException {
        List<Reader> readers = crowd.readers();
        try {
            Crowd.await(
                    () -> readers.stream()
                            .allMatch(one ->
                                    one.seq() == settler.due(one.tenant()).requests()),
                    Duration.ofSeconds(60),
                    "not all readers have everything");
        } catch (TimeoutException counted) {
            progress.accept(Objects.requireNonNull(counted.getMessage()));
        }
        int behind = (int) readers.stream()
                .filter(one -> one.seq() != settler.due(one.tenant()).requests())
                .count();
        Map<TenantId, Due> stored = stored(plan, settler.settled());
        int wrong = (int) readers.stream()
                .filter(one -> {
                    Due due = settler.due(one.tenant());
                    Due rows = stored.getOrDefault(one.tenant(), new Due(0, Amount.ZERO));
                    return !due.equals(rows)
                            || one.requests() != due.requests()
                            || !new Amount(one.cost()).equals(due.cost());
                })
                .count();
        boolean proven = behind == 0
                && wrong == 0
                && crowd.faults() == 0
                && settler.refused() == 0
                && endedCount == STALLED
                && instance.meter("weir_analytics_stream_diverged_total", "") == 0
                && Math.max(Math.max(calm.p99(), beside.p99()), after.p99()) < MOST_P99_MS
                && storm.allBackMillis() < MOST_BACK_MS
                && memory.liveHeapBytes() < MOST_BYTES;
        return new Result(
                readers.size(),
                plan.quiet().size() + 1,
                STALLED,
                settler.settled(),
                calm,
                beside,
                after,
                memory,
                endedCount,
                ended,
                storm,
                crowd.coalesced(),
                crowd.checkpoints(),
                crowd.faults(),
                behind,
                wrong,
                proven);
    }

    // What was settled while nobody could read is no delay of a stream.
    private static void awaitCaughtUp(Crowd crowd, Settler settler) throws InterruptedException, TimeoutException {
        Map<TenantId, Long> now = new HashMap<>();
        crowd.readers()
                .forEach(one -> now.put(one.tenant(), settler.due(one.tenant()).requests()));
        Crowd.await(
                () -> crowd.readers().stream().allMatch(one -> one.seq() >= now.getOrDefault(one.tenant(), 0L)),
                LIMIT,
                "not all have caught up");
    }

    private record Row(TenantId tenant, Due due) {}

    // Ingestion may be behind the stream.
    private Map<TenantId, Due> stored(Plan plan, long all) throws InterruptedException {
        ClickHouseProperties properties = new ClickHouseProperties(
                servers.clickHouseUrl(),
                plan.database(),
                servers.user(),
                servers.password(),
                2,
                QUERY_LIMIT,
                QUERY_LIMIT,
                QUERY_LIMIT);
        Map<TenantId, Due> byTenant = new HashMap<>();
        try (ClickHouse clickHouse = new ClickHouse(properties)) {
            TenantQuery query = new TenantQuery(clickHouse);
            for (int tries = 0; tries < 60; tries++) {
                byTenant.clear();
                Objects.requireNonNull(query.acrossTenants(
                                        new ForPlatform("readers' sums are compared with what is stored"),
                                        "SELECT tenant_id, count() AS n, sum(cost) AS spent FROM usage_requests FINAL"
                                                + " GROUP BY tenant_id",
                                        Map.of(),
                                        row -> new Row(
                                                new TenantId(row.uuid("tenant_id")),
                                                new Due(row.integer("n"), row.amount("spent"))))
                                .block(QUERY_LIMIT))
                        .forEach(row -> byTenant.put(row.tenant(), row.due()));
                if (byTenant.values().stream().mapToLong(Due::requests).sum() >= all) {
                    return byTenant;
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
        return byTenant;
    }
}
