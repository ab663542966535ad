package io.weir.analytics.ingestion;

/// The steps of a chunk's way into ClickHouse, in their order.
public enum Step {
    /// Its boundary is about to be made durable.
    DECLARING,
    /// Its boundary is durable.
    DECLARED,
    /// Its blocks are about to be inserted.
    INSERTING,
    /// ClickHouse has all of its blocks.
    INSERTED,
    /// Its end is about to be committed.
    COMMITTING,
    /// Its end is committed.
    COMMITTED
}
