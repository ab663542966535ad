package io.weir.embedded.clickhouse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The functions of libchdb that the front calls. One engine per process: load it once.
@SuppressWarnings("restricted") // calling native code is what it is for
final class ChdbFunctions {

    interface NativeCall<T extends @Nullable Object> {
        @SuppressWarnings("CheckedExceptionNotThrown") // a method handle throws Throwable
        T call() throws Throwable;
    }

    private static final long LONGEST_TEXT = 1 << 24;

    final MethodHandle connect;
    final MethodHandle close;
    final MethodHandle query;
    final MethodHandle queryWithParameters;
    final MethodHandle classify;
    final MethodHandle destroyResult;
    final MethodHandle resultBuffer;
    final MethodHandle resultLength;
    final MethodHandle resultError;
    final MethodHandle resultRows;
    final MethodHandle resultBytes;
    final MethodHandle readRows;
    final MethodHandle readBytes;
    final MethodHandle writtenRows;
    final MethodHandle writtenBytes;
    final MethodHandle shutdown;
    final MethodHandle beginInsert;
    final MethodHandle appendInsert;
    final MethodHandle finishInsert;
    final MethodHandle insertError;
    final MethodHandle cancelInsert;
    final MethodHandle destroyInsert;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;

    /// Loads the library and keeps it from installing signal handlers over the JVM's.
    ChdbFunctions(Path library) {
        symbols = SymbolLookup.libraryLookup(library, Arena.global());
        MethodHandle signals = bind("chdb_set_signal_handlers_enabled", FunctionDescriptor.ofVoid(JAVA_INT));
        connect = bind("chdb_connect", returning(ADDRESS, JAVA_INT, ADDRESS));
        close = bind("chdb_close_conn", FunctionDescriptor.ofVoid(ADDRESS));
        query = bind("chdb_query_n", returning(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
        queryWithParameters = bind(
                "chdb_query_with_params_n",
                returning(
                        ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                        JAVA_LONG));
        classify = bind(
                "chdb_classify_query_n", returning(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
        destroyResult = bind("chdb_destroy_query_result", FunctionDescriptor.ofVoid(ADDRESS));
        resultBuffer = bind("chdb_result_buffer", returning(ADDRESS, ADDRESS));
        resultLength = bind("chdb_result_length", returning(JAVA_LONG, ADDRESS));
        resultError = bind("chdb_result_error", returning(ADDRESS, ADDRESS));
        resultRows = bind("chdb_result_rows_read", returning(JAVA_LONG, ADDRESS));
        resultBytes = bind("chdb_result_bytes_read", returning(JAVA_LONG, ADDRESS));
        readRows = bind("chdb_result_storage_rows_read", returning(JAVA_LONG, ADDRESS));
        readBytes = bind("chdb_result_storage_bytes_read", returning(JAVA_LONG, ADDRESS));
        writtenRows = bind("chdb_result_rows_written", returning(JAVA_LONG, ADDRESS));
        writtenBytes = bind("chdb_result_bytes_written", returning(JAVA_LONG, ADDRESS));
        shutdown = bind("chdb_shutdown", FunctionDescriptor.of(JAVA_INT));
        beginInsert = bind("chdb_stream_insert_n", returning(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
        appendInsert = bind("chdb_stream_append", returning(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        finishInsert = bind("chdb_stream_done", returning(ADDRESS, ADDRESS));
        insertError = bind("chdb_stream_insert_error", returning(ADDRESS, ADDRESS));
        cancelInsert = bind("chdb_stream_cancel_insert", FunctionDescriptor.ofVoid(ADDRESS));
        destroyInsert = bind("chdb_destroy_insert_stream", FunctionDescriptor.ofVoid(ADDRESS));
        calling(() -> {
            signals.invokeExact(0);
            return true;
        });
    }

    private static FunctionDescriptor returning(MemoryLayout answer, MemoryLayout... arguments) {
        return FunctionDescriptor.of(answer, arguments);
    }

    private MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(symbols.findOrThrow(name), descriptor);
    }

    /// Ends the engine. Every connection must be closed.
    void shutdown() {
        calling(() -> (int) shutdown.invokeExact());
    }

    /// The text at a C pointer, null for a null pointer.
    static @Nullable String text(MemorySegment pointer) {
        return pointer.address() == 0 ? null : pointer.reinterpret(LONGEST_TEXT).getString(0);
    }

    /// Method handles declare `Throwable`; a downcall throws nothing of its own.
    static <T extends @Nullable Object> T calling(NativeCall<T> call) {
        try {
            return call.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a native call failed", e);
        }
    }
}
