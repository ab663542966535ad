package io.weir.embedded.clickhouse;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP request, understood.
///
/// @param sql         the statement; of an insert with data, the part before `FORMAT`
/// @param insert      the data of an insert; null for every other statement
/// @param database    of statements that name none
/// @param format      of the answer, where the statement names none
/// @param parameters  values of `{name:Type}` placeholders, still escaped
/// @param settings    settings for this statement only
/// @param answer      how the client wants the answer packed
record FrontRequest(
        String sql,
        @Nullable InsertData insert,
        String database,
        String format,
        Map<String, String> parameters,
        Map<String, String> settings,
        Packing answer) {

    /// The streams follow one upon the other: what stood behind the statement in the body, then the rest of the body.
    record InsertData(String format, List<InputStream> parts) {}

    enum Packing {
        PLAIN,
        CLICKHOUSE_BLOCKS,
        LZ4_FRAMES
    }
}
