package io.weir.r2dbc.placement.move;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row's change, values in their text form by column.
sealed interface Change {

    String table();

    record Inserted(String table, Map<String, @Nullable String> values) implements Change {}

    /// @param key the row before the change
    /// @param values only what the server sent: a large value that did not change is absent
    record Updated(String table, Map<String, @Nullable String> key, Map<String, @Nullable String> values)
            implements Change {}

    record Deleted(String table, Map<String, @Nullable String> key) implements Change {}

    /// The changes of one transaction, in their order.
    ///
    /// @param end position in the log just behind its commit
    record Committed(long end, List<Change> changes) {}
}
