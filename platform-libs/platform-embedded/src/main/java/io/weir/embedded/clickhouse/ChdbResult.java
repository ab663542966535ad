package io.weir.embedded.clickhouse;

import static io.weir.embedded.clickhouse.ChdbFunctions.calling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// A finished statement. Its bytes stay in native memory until it is closed.
@SuppressWarnings("restricted") // reads as many bytes as the engine says there are
final class ChdbResult implements AutoCloseable {

    private final ChdbFunctions chdb;
    private final MemorySegment handle;

    private ChdbResult(ChdbFunctions chdb, MemorySegment handle) {
        this.chdb = chdb;
        this.handle = handle;
    }

    /// Takes over the handle. Throws what the engine refused, having given the handle back.
    static ChdbResult of(ChdbFunctions chdb, MemorySegment handle) {
        ChdbResult result = new ChdbResult(chdb, handle);
        String error = ChdbFunctions.text(calling(() -> (MemorySegment) chdb.resultError.invokeExact(handle)));
        if (error != null) {
            result.close();
            throw new ChdbException(error);
        }
        return result;
    }

    byte[] bytes() {
        long length = calling(() -> (long) chdb.resultLength.invokeExact(handle));
        if (length == 0) {
            return new byte[0];
        }
        MemorySegment buffer = calling(() -> (MemorySegment) chdb.resultBuffer.invokeExact(handle));
        return buffer.reinterpret(length).toArray(ValueLayout.JAVA_BYTE);
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    QueryStatistics statistics() {
        return calling(() -> new QueryStatistics(
                (long) chdb.readRows.invokeExact(handle),
                (long) chdb.readBytes.invokeExact(handle),
                (long) chdb.writtenRows.invokeExact(handle),
                (long) chdb.writtenBytes.invokeExact(handle),
                (long) chdb.resultRows.invokeExact(handle),
                (long) chdb.resultBytes.invokeExact(handle)));
    }

    @Override
    public void close() {
        calling(() -> {
            chdb.destroyResult.invokeExact(handle);
            return true;
        });
    }
}
