package io.weir.analytics.ingestion;

import java.util.List;

/// Where chunks end up. Storing the same chunk again changes nothing.
interface ChunkSink {

    /// Returns when all of them are stored. Throws where that is not sure; then the same is stored again.
    void store(List<RenderedChunk> chunks);

    /// One after the last offset of this partition that any of the tables holds; 0: none.
    long end(List<String> tables, String log, int partition);
}
