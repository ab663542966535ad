package io.weir.analytics.metering;

import io.weir.ledger.ProducerSequences.Gap;
import java.time.Instant;

/// Events that a process numbered and that are not in its partition: lost, or late.
///
/// @param log topic and topic id
/// @param since before it, none of them can have happened
public record OpenGap(String log, int partition, Gap gap, Instant since) {

    /// For people.
    public String text() {
        return text(partition, gap);
    }

    static String text(int partition, Gap gap) {
        return "events " + gap.from() + " to " + gap.to() + " of producer "
                + gap.producer().id() + ", epoch " + gap.producer().epoch() + ", in partition " + partition;
    }
}
