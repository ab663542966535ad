package io.weir.proof.storm;

import io.weir.proof.ground.Ground;
import io.weir.proof.ground.Resident;
import io.weir.r2dbc.Column;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Many tenants of every placement on few connections, reading and writing, one call in five cancelled at some moment.
/// Every row says whose it is, and no statement has a predicate: nothing but what is proven here keeps them apart.
public final class Storm {

    private static final int CANCELLED_ONE_IN = 5;
    private static final int WRITES_ONE_IN = 4;
    private static final int LARGE_ONE_IN = 25;
    private static final int LATEST_CANCELLATION_MICROS = 4_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Ground ground;
    private final Weather weather;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong own = new AtomicLong();
    private final AtomicLong seen = new AtomicLong();
    private final AtomicReference<String> first = new AtomicReference<>("");

    public Storm(Ground ground, Weather weather) {
        this.ground = ground;
        this.weather = weather;
    }

    /// Blocks until it is over.
    ///
    /// @param progress told about once a second how many calls there were
    public Sightings blow(Consumer<Sightings> progress) throws SQLException {
        List<Resident> residents = ground.residents();
        Random random = new Random(weather.seed());
        long end = System.nanoTime() + weather.lasting().toNanos();
        Flux.<Resident>generate(sink -> {
                    if (System.nanoTime() - end > 0) {
                        sink.complete();
                    } else {
                        sink.next(residents.get(random.nextInt(residents.size())));
                    }
                })
                .flatMap(resident -> call(resident, new Random(random.nextLong())), weather.workers(), 1)
                .mergeWith(Flux.interval(Duration.ofSeconds(1))
                        .onBackpressureDrop()
                        .takeUntil(second -> System.nanoTime() - end > 0)
                        .doOnNext(second -> progress.accept(soFar(0)))
                        .then())
                .blockLast(weather.lasting().plus(PATIENCE));
        return soFar(strayRows());
    }

    private Mono<Void> call(Resident resident, Random random) {
        calls.incrementAndGet();
        Mono<Void> call = random.nextInt(WRITES_ONE_IN) == 0 ? write(resident, random) : read(resident, random);
        if (random.nextInt(CANCELLED_ONE_IN) == 0) {
            Duration until = Duration.ofNanos(random.nextInt(LATEST_CANCELLATION_MICROS) * 1_000L);
            call = call.doOnCancel(cancelled::incrementAndGet).take(until);
        }
        return call.doOnError(failure -> failed.incrementAndGet()).onErrorComplete();
    }

    private Mono<Void> read(Resident resident, Random random) {
        String sql = random.nextInt(LARGE_ONE_IN) == 0
                ? "SELECT text FROM note, generate_series(1, 100)"
                : List.of("SELECT text FROM note", "SELECT text FROM remark", "SELECT text FROM entry")
                        .get(random.nextInt(3));
        return ground.read(resident, client -> texts(client, sql))
                .doOnNext(text -> saw(resident, text))
                .then();
    }

    // It stamps all that it can reach: where that is another's, the row says so afterwards.
    private Mono<Void> write(Resident resident, Random random) {
        String sql = List.of(
                        "UPDATE note SET text = :mark RETURNING text || '/' || tenant_id",
                        "UPDATE remark SET text = :mark WHERE remark_id < 3 RETURNING text || '/' || tenant_id",
                        "INSERT INTO entry (tenant_id, entry_id, text) VALUES (:tenant, 9, :mark)"
                                + " ON CONFLICT (tenant_id, entry_id) DO UPDATE SET text = excluded.text"
                                + " RETURNING text || '/' || tenant_id")
                .get(random.nextInt(3));
        return ground.write(
                        resident,
                        client -> stamped(client, resident, sql)
                                .doOnNext(text -> saw(resident, text))
                                .then())
                .then();
    }

    private static Flux<String> stamped(DatabaseClient client, Resident resident, String sql) {
        DatabaseClient.GenericExecuteSpec statement = client.sql(sql).bind("mark", resident.mark());
        if (sql.contains(":tenant")) {
            statement = statement.bind("tenant", resident.tenant().id().value());
        }
        return statement.map(row -> Column.first(row, String.class)).all();
    }

    private static Flux<String> texts(DatabaseClient client, String sql) {
        return client.sql(sql).map(row -> Column.first(row, String.class)).all();
    }

    private void saw(Resident resident, String text) {
        boolean its = text.equals(resident.mark())
                || text.equals(resident.mark() + "/" + resident.tenant().id());
        if (its) {
            own.incrementAndGet();
        } else {
            seen.incrementAndGet();
            first.compareAndSet("", resident + " got " + text);
        }
    }

    private long strayRows() throws SQLException {
        long stray = 0;
        List<Resident> onePerSchema = ground.residents().stream()
                .collect(Collectors.toMap(one -> one.database() + "." + one.schema(), one -> one, (one, other) -> one))
                .values()
                .stream()
                .toList();
        for (Resident resident : onePerSchema) {
            stray += Long.parseLong(ground.asSuperuserRead(
                            resident,
                            "SELECT (SELECT count(*) FROM note WHERE text <> 'row-of-' || tenant_id)"
                                    + " + (SELECT count(*) FROM remark WHERE text <> 'row-of-' || tenant_id)"
                                    + " + (SELECT count(*) FROM entry WHERE text <> 'row-of-' || tenant_id)")
                    .getFirst());
        }
        return stray;
    }

    private Sightings soFar(long changed) {
        return new Sightings(
                calls.get(),
                cancelled.get(),
                failed.get(),
                own.get(),
                seen.get(),
                changed,
                String.valueOf(first.get()));
    }
}
