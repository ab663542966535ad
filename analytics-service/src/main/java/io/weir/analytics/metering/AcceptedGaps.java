package io.weir.analytics.metering;

import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Producer;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Missing events that somebody looked into and accepted as lost, in ClickHouse. Whoever reads the partition stops
/// waiting for them within seconds. Safe for use by many threads.
public final class AcceptedGaps {

    private static final ForPlatform SCOPE = new ForPlatform("ingestion asks which losses were accepted");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String SQL = """
            SELECT DISTINCT producer_id, producer_epoch, first, last FROM ledger_gaps_accepted
            WHERE kafka_log = {log:String} AND kafka_partition = {partition:Int32}""";

    private final TenantQuery query;
    private final BlockWriter writer;
    private final InstantSource clock;

    public AcceptedGaps(TenantQuery query, BlockWriter writer, InstantSource clock) {
        this.query = query;
        this.writer = writer;
        this.clock = clock;
    }

    /// Throws `ClickHouseException` when it does not answer.
    List<Gap> of(String log, int partition) {
        return Objects.requireNonNull(
                query.acrossTenants(SCOPE, SQL, Map.of("log", log, "partition", partition), AcceptedGaps::gap)
                        .block(LIMIT));
    }

    private static Gap gap(Row row) {
        return new Gap(
                new Producer(row.text("producer_id"), row.integer("producer_epoch")),
                row.integer("first"),
                row.integer("last"));
    }

    /// Fails with `ClickHouseException` when it is not kept.
    public Mono<Void> accept(OpenGap open) {
        Gap gap = open.gap();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kafka_log", open.log());
        row.put("kafka_partition", open.partition());
        row.put("producer_id", gap.producer().id());
        row.put("producer_epoch", gap.producer().epoch());
        row.put("first", gap.from());
        row.put("last", gap.to());
        row.put("since", open.since().truncatedTo(ChronoUnit.MILLIS).toString());
        row.put("accepted_at", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        String token = "accepted/" + open.log() + "/" + open.text();
        byte[] line = (JSON.writeValueAsString(row) + "\n").getBytes(StandardCharsets.UTF_8);
        return writer.write(new Block("ledger_gaps_accepted", line, 1, token));
    }
}
