package io.weir.analytics.ingestion;

/// A chunk beside the rows made of it.
record RenderedChunk(Chunk chunk, Rendered rendered) {

    boolean hasRows() {
        return !rendered.rows().isEmpty();
    }
}
