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

    /// This instance goes on in a partition, before a chunk of it is rendered. What an earlier call said is void.
    ///
    /// @param memory what [Rendered#memory] said of all before; empty: nothing is known
    /// @param first whether it begins with the partition's first record
    void resumed(String log, int partition, String memory, boolean first);

    /// This instance reads these partitions from now on, and no others. Each was resumed before.
    void assigned(List<Integer> partitions);

    /// Everything that these partitions held a moment ago is in ClickHouse.
    void caughtUp(List<Integer> partitions);
}
