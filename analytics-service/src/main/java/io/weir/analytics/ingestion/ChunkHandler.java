package io.weir.analytics.ingestion;

import java.util.List;

/// What the records of one topic mean. Called on the topic's ingestion thread only.
public interface ChunkHandler {

    /// The tables that its rows go to.
    List<String> tables();

    /// Rows and refusals of a chunk. Must depend on nothing but the chunk's records and what ClickHouse holds of
    /// earlier offsets, so that a chunk rebuilt after a crash gives the same bytes. No record may make it fail;
    /// it throws only when ClickHouse does not answer, and is then called again.
    Rendered render(Chunk chunk);

    /// This instance reads these partitions from now on, and no others.
    void assigned(List<Integer> partitions);

    /// Everything that these partitions held a moment ago is in ClickHouse.
    void caughtUp(List<Integer> partitions);
}
