package io.weir.embedded.clickhouse;

import static io.weir.embedded.clickhouse.ChdbFunctions.calling;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// One connection to the engine: one statement at a time, so whoever holds it holds it alone.
@SuppressWarnings("restricted") // reads the connection behind the pointer it got
final class ChdbConnection implements AutoCloseable {

    private static final int ANALYSIS_BYTES = 16;
    private static final int STATEMENT_COUNT = 1;

    private final ChdbFunctions chdb;
    private final MemorySegment holder;
    private final MemorySegment connection;
    private String database = "default";

    ChdbConnection(ChdbFunctions chdb, List<String> engineArguments) {
        this.chdb = chdb;
        try (Arena arena = Arena.ofConfined()) {
            int count = engineArguments.size() + 1;
            MemorySegment arguments = arena.allocate(ADDRESS, count);
            arguments.setAtIndex(ADDRESS, 0, arena.allocateFrom("clickhouse"));
            for (int i = 1; i < count; i++) {
                arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(engineArguments.get(i - 1)));
            }
            holder = calling(() -> (MemorySegment) chdb.connect.invokeExact(count, arguments));
        }
        if (holder.address() == 0) {
            throw new ChdbException("the engine refused " + engineArguments);
        }
        connection = holder.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    }

    /// Makes `wanted` the database of statements that name none.
    void use(String wanted) {
        if (!wanted.equals(database)) {
            text("USE `" + wanted.replace("\\", "\\\\").replace("`", "\\`") + "`");
            database = wanted;
        }
    }

    String text(String sql) {
        try (ChdbResult result = query(sql, "TSV")) {
            return result.text();
        }
    }

    ChdbResult query(String sql, String format) {
        try (Arena arena = Arena.ofConfined()) {
            Text statement = Text.in(arena, sql);
            Text name = Text.in(arena, format);
            return ChdbResult.of(chdb, calling(() -> (MemorySegment) chdb.query.invokeExact(
                    connection, statement.bytes(), statement.length(), name.bytes(), name.length())));
        }
    }

    /// Values are as the HTTP interface carries them (tab-separated escaping).
    ChdbResult query(String sql, String format, Map<String, String> parameters) {
        if (parameters.isEmpty()) {
            return query(sql, format);
        }
        try (Arena arena = Arena.ofConfined()) {
            int count = parameters.size();
            MemorySegment names = arena.allocate(ADDRESS, count);
            MemorySegment nameLengths = arena.allocate(JAVA_LONG, count);
            MemorySegment values = arena.allocate(ADDRESS, count);
            MemorySegment valueLengths = arena.allocate(JAVA_LONG, count);
            int i = 0;
            for (Map.Entry<String, String> parameter : parameters.entrySet()) {
                Text.in(arena, parameter.getKey()).store(names, nameLengths, i);
                Text.in(arena, parameter.getValue()).store(values, valueLengths, i++);
            }
            Text statement = Text.in(arena, sql);
            Text name = Text.in(arena, format);
            return ChdbResult.of(chdb, calling(() -> (MemorySegment) chdb.queryWithParameters.invokeExact(
                    connection,
                    statement.bytes(),
                    statement.length(),
                    name.bytes(),
                    name.length(),
                    names,
                    nameLengths,
                    values,
                    valueLengths,
                    (long) count)));
        }
    }

    ChdbInsert insert(String sql, String format) {
        try (Arena arena = Arena.ofConfined()) {
            Text statement = Text.in(arena, sql);
            Text name = Text.in(arena, format);
            return ChdbInsert.of(chdb, calling(() -> (MemorySegment) chdb.beginInsert.invokeExact(
                    connection, statement.bytes(), statement.length(), name.bytes(), name.length())));
        }
    }

    /// How many statements the text holds; 0 where it does not parse.
    int countStatements(String sql) {
        try (Arena arena = Arena.ofConfined()) {
            Text statement = Text.in(arena, sql);
            Text target = Text.in(arena, database);
            MemorySegment analysis = arena.allocate(ANALYSIS_BYTES, JAVA_INT.byteAlignment());
            analysis.setAtIndex(JAVA_INT, 0, ANALYSIS_BYTES);
            int status = calling(() -> (int) chdb.classify.invokeExact(
                    connection, statement.bytes(), statement.length(), target.bytes(), target.length(), analysis));
            return status == 0 ? analysis.getAtIndex(JAVA_INT, STATEMENT_COUNT) : 0;
        }
    }

    @Override
    public void close() {
        calling(() -> {
            chdb.close.invokeExact(holder);
            return true;
        });
    }

    /// UTF-8 with a closing zero that `length` does not count.
    private record Text(MemorySegment bytes, long length) {

        static Text in(Arena arena, String text) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            MemorySegment bytes = arena.allocate(encoded.length + 1L);
            MemorySegment.copy(encoded, 0, bytes, JAVA_BYTE, 0, encoded.length);
            return new Text(bytes, encoded.length);
        }

        void store(MemorySegment pointers, MemorySegment lengths, int index) {
            pointers.setAtIndex(ADDRESS, index, bytes);
            lengths.setAtIndex(JAVA_LONG, index, length);
        }
    }
}
