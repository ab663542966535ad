package io.weir.orchestration.batch;

import io.weir.orchestration.file.StoredFiles;
import io.weir.tenancy.TenantId;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// What every worker works with.
record WorkParts(R2dbcWork work, StoredFiles files, BatchProperties limits) {

    /// The lines of a chunk, off the event loops.
    Flux<LineSplitter.Line> lines(Batch batch, TenantId tenant, Chunk chunk) {
        return LineSplitter.lines(
                        files.read(tenant, batch.input(), chunk.startByte(), chunk.endByte()),
                        chunk.firstLine(),
                        chunk.startByte(),
                        (int) limits.maxLineBytes().toBytes())
                .publishOn(Schedulers.boundedElastic(), 1);
    }
}
