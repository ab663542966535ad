package io.weir.clickhouse;

import reactor.core.publisher.Mono;

/// Inserts blocks synchronously: what completed is on disk. A failure says nothing about whether the block is there;
/// inserting it again with the same token is safe. Safe for use by many threads.
public final class BlockWriter {

    private final ClickHouse clickHouse;

    public BlockWriter(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /// Fails with [ClickHouseException] when the server is away, late or refuses.
    public Mono<Void> write(Block block) {
        return clickHouse.insert(block.table(), block.jsonLines(), block.serverSettings());
    }
}
