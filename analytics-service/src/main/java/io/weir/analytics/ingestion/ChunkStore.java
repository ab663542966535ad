package io.weir.analytics.ingestion;

import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Puts chunks into ClickHouse, one block per table and ClickHouse partition, each under a token made of nothing but
/// the chunk's bounds. A chunk that may be there already is compared with the offsets that ClickHouse holds first,
/// for tokens are remembered for a number of blocks only.
public final class ChunkStore implements ChunkSink {

    private static final ForPlatform SCOPE = new ForPlatform("ingestion asks which offsets are stored");
    private static final int AT_ONCE = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final BlockWriter writer;
    private final TenantQuery query;

    public ChunkStore(BlockWriter writer, TenantQuery query) {
        this.writer = writer;
        this.query = query;
    }

    @Override
    public void store(List<RenderedChunk> chunks) {
        Flux.fromStream(chunks.stream().flatMap(one -> blocks(one.chunk(), one.rendered()).stream()))
                .flatMap(writer::write, AT_ONCE)
                .then()
                .block(LIMIT);
    }

    @Override
    public long end(List<String> tables, String log, int partition) {
        return tables.stream()
                .map(table -> query.acrossTenants(
                        SCOPE,
                        "SELECT if(count() = 0, 0, max(kafka_offset) + 1) AS end FROM " + table + WHERE_PARTITION,
                        Map.of("log", log, "partition", partition),
                        row -> row.integer("end")))
                .map(end -> first(end))
                .reduce(0L, Math::max);
    }

    /// The blocks of a chunk in a fixed order.
    List<Block> blocks(Chunk chunk, Rendered rendered) {
        Map<Target, List<RenderedRow>> byTarget = new LinkedHashMap<>();
        for (RenderedRow row : rendered.rows()) {
            byTarget.computeIfAbsent(new Target(row.table(), row.partition()), target -> new ArrayList<>())
                    .add(row);
        }
        List<Block> blocks = new ArrayList<>();
        byTarget.forEach((target, rows) -> {
            List<RenderedRow> missing = chunk.unsure() ? withoutStored(chunk, target.table(), rows) : rows;
            if (!missing.isEmpty()) {
                blocks.add(block(chunk, target, missing));
            }
        });
        return blocks;
    }

    private record Target(String table, String partition) {}

    private static Block block(Chunk chunk, Target target, List<RenderedRow> rows) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        rows.forEach(row -> lines.writeBytes(row.json()));
        String token = chunk.log() + "/" + chunk.partition() + "/" + chunk.from() + "-" + chunk.to() + "/"
                + target.partition();
        return new Block(target.table(), lines.toByteArray(), rows.size(), token);
    }

    private List<RenderedRow> withoutStored(Chunk chunk, String table, List<RenderedRow> rows) {
        Set<Long> stored = new HashSet<>(Objects.requireNonNull(query.acrossTenants(
                        SCOPE,
                        "SELECT DISTINCT kafka_offset FROM " + table + WHERE_PARTITION
                                + " AND kafka_offset >= {from:Int64} AND kafka_offset < {to:Int64}",
                        Map.of(
                                "log",
                                chunk.log(),
                                "partition",
                                chunk.partition(),
                                "from",
                                chunk.from(),
                                "to",
                                chunk.to()),
                        row -> row.integer("kafka_offset"))
                .block(LIMIT)));
        return rows.stream().filter(row -> !stored.contains(row.offset())).toList();
    }

    private static final String WHERE_PARTITION =
            " WHERE kafka_log = {log:String} AND kafka_partition = {partition:Int32}";

    private static long first(Mono<List<Long>> answer) {
        return Objects.requireNonNull(answer.block(LIMIT)).getFirst();
    }
}
