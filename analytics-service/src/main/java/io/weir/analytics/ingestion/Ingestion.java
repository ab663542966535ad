package io.weir.analytics.ingestion;

import io.weir.kafka.KafkaProperties;
import io.weir.observability.ReadinessCondition;
import java.time.InstantSource;

/// Makes the loops that read topics into ClickHouse.
public final class Ingestion {

    private final KafkaProperties kafka;
    private final ChunkStore store;
    private final DeadLetters deadLetters;
    private final ReadinessCondition schema;
    private final InstantSource clock;

    public Ingestion(
            KafkaProperties kafka,
            ChunkStore store,
            DeadLetters deadLetters,
            ReadinessCondition schema,
            InstantSource clock) {
        this.kafka = kafka;
        this.store = store;
        this.deadLetters = deadLetters;
        this.schema = schema;
        this.clock = clock;
    }

    /// A loop of its own thread; it runs once the application starts.
    public ChunkLoop loop(IngestionTopic topic, ChunkHandler handler, IngestionStatus status) {
        return loop(topic, handler, status, StepListener.NONE);
    }

    /// As above, with somebody who looks on.
    public ChunkLoop loop(IngestionTopic topic, ChunkHandler handler, IngestionStatus status, StepListener steps) {
        return new ChunkLoop(kafka, topic, handler, store, deadLetters, status, steps, schema::isReady, clock);
    }
}
