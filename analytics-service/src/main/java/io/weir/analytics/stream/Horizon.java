package io.weir.analytics.stream;

import java.util.List;
import java.util.Map;

/// Offsets below which ClickHouse holds every outcome.
///
/// @param log topic and topic id
/// @param ends by partition, each an offset that ingestion has committed
record Horizon(String log, List<Long> ends) {

    /// Rows before the horizon. What another log holds is older than all of this one.
    static final String BEFORE = " (kafka_log != {log:String}"
            + " OR kafka_offset < toInt64OrZero({ends:Array(String)}[kafka_partition + 1]))";

    Horizon {
        ends = List.copyOf(ends);
    }

    Map<String, Object> parameters() {
        return Map.of("log", log, "ends", ends.stream().map(String::valueOf).toList());
    }

    long end(int partition) {
        return ends.get(partition);
    }
}
