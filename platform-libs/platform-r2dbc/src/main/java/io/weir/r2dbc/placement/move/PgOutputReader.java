package io.weir.r2dbc.placement.move;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the messages of PostgreSQL's `pgoutput` plugin, protocol version 1: see "Logical Replication Message Formats"
/// in its manual. One reader per answer of the server, which describes each table once per answer. Not thread-safe.
final class PgOutputReader {

    private static final int PART_OF_KEY = 1;

    private record Relation(String table, List<String> columns, List<Boolean> inKey) {}

    private final Map<Integer, Relation> relations = new HashMap<>();
    private final List<Change.Committed> committed = new ArrayList<>();
    private List<Change> open = new ArrayList<>();

    /// Throws [MoveFailedException] on a message that a move cannot carry.
    void read(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        byte kind = in.get();
        switch (kind) {
            case 'B' -> open = new ArrayList<>();
            case 'C' -> commit(in);
            case 'R' -> relation(in);
            case 'I' -> insert(in);
            case 'U' -> update(in);
            case 'D' -> delete(in);
            case 'O', 'Y', 'M' -> {
                // Origins, types and messages change no row.
            }
            case 'T' -> throw new MoveFailedException("a placed table was truncated during the move");
            default -> throw new MoveFailedException("the server sent a change of unknown kind '" + (char) kind + "'");
        }
    }

    /// All whole transactions read so far, in the order of their commits.
    List<Change.Committed> committed() {
        return committed;
    }

    private void commit(ByteBuffer in) {
        in.get();
        in.getLong();
        long end = in.getLong();
        committed.add(new Change.Committed(end, open));
        open = new ArrayList<>();
    }

    private void relation(ByteBuffer in) {
        int id = in.getInt();
        text(in);
        String table = text(in);
        in.get();
        int count = in.getShort();
        List<String> columns = new ArrayList<>(count);
        List<Boolean> inKey = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            inKey.add((in.get() & PART_OF_KEY) != 0);
            columns.add(text(in));
            in.getInt();
            in.getInt();
        }
        relations.put(id, new Relation(table, columns, inKey));
    }

    private void insert(ByteBuffer in) {
        Relation relation = relation(in.getInt());
        in.get();
        open.add(new Change.Inserted(relation.table(), tuple(in, relation)));
    }

    private void update(ByteBuffer in) {
        Relation relation = relation(in.getInt());
        byte part = in.get();
        Map<String, @Nullable String> before = null;
        if (part != 'N') {
            before = tuple(in, relation);
            in.get();
        }
        Map<String, @Nullable String> after = tuple(in, relation);
        open.add(new Change.Updated(relation.table(), key(relation, before == null ? after : before), after));
    }

    private void delete(ByteBuffer in) {
        Relation relation = relation(in.getInt());
        in.get();
        open.add(new Change.Deleted(relation.table(), key(relation, tuple(in, relation))));
    }

    private Relation relation(int id) {
        Relation relation = relations.get(id);
        if (relation == null) {
            throw new MoveFailedException("the server sent a change of a table that it had not described");
        }
        return relation;
    }

    private static Map<String, @Nullable String> key(Relation relation, Map<String, @Nullable String> row) {
        Map<String, @Nullable String> key = new LinkedHashMap<>();
        for (int i = 0; i < relation.columns().size(); i++) {
            if (relation.inKey().get(i)) {
                String column = relation.columns().get(i);
                key.put(column, row.get(column));
            }
        }
        return key;
    }

    private static Map<String, @Nullable String> tuple(ByteBuffer in, Relation relation) {
        int count = in.getShort();
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String column = relation.columns().get(i);
            switch (in.get()) {
                case 'n' -> values.put(column, null);
                case 't' -> values.put(column, sized(in));
                case 'u' -> {
                    // Stored out of line and unchanged: the target has it.
                }
                default -> throw new MoveFailedException("the server sent a value of " + column + " in binary form");
            }
        }
        return values;
    }

    private static String sized(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer in) {
        int start = in.position();
        int length = 0;
        while (in.get(start + length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        in.get();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
