package io.weir.embedded.clickhouse;

import static io.weir.embedded.clickhouse.ChdbFunctions.calling;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// An INSERT whose data arrives piece by piece. Closed before [#finish], it leaves nothing behind.
final class ChdbInsert implements AutoCloseable {

    private static final int PIECE = 1 << 20;

    private final ChdbFunctions chdb;
    private final MemorySegment handle;
    private boolean finished;

    private ChdbInsert(ChdbFunctions chdb, MemorySegment handle) {
        this.chdb = chdb;
        this.handle = handle;
    }

    static ChdbInsert of(ChdbFunctions chdb, MemorySegment handle) {
        ChdbInsert insert = new ChdbInsert(chdb, handle);
        String error = insert.error();
        if (error != null) {
            insert.finished = true;
            insert.close();
            throw new ChdbException(error);
        }
        return insert;
    }

    void append(InputStream data) throws IOException {
        byte[] piece = new byte[PIECE];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            for (int n = data.readNBytes(piece, 0, PIECE); n > 0; n = data.readNBytes(piece, 0, PIECE)) {
                MemorySegment.copy(piece, 0, buffer, ValueLayout.JAVA_BYTE, 0, n);
                append(buffer, n);
            }
        }
    }

    private void append(MemorySegment buffer, long length) {
        int status = calling(() -> (int) chdb.appendInsert.invokeExact(handle, buffer, length));
        if (status != 0) {
            String error = error();
            throw new ChdbException(error == null ? "the insert was refused" : error);
        }
    }

    /// Writes what was appended, all of it or nothing of it.
    ChdbResult finish() {
        finished = true;
        return ChdbResult.of(chdb, calling(() -> (MemorySegment) chdb.finishInsert.invokeExact(handle)));
    }

    private @Nullable String error() {
        return ChdbFunctions.text(calling(() -> (MemorySegment) chdb.insertError.invokeExact(handle)));
    }

    @Override
    public void close() {
        calling(() -> {
            if (!finished) {
                chdb.cancelInsert.invokeExact(handle);
            }
            chdb.destroyInsert.invokeExact(handle);
            return true;
        });
    }
}
