package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/// One message to a reader.
sealed interface Frame {

    /// The last number that it speaks of.
    long seq();

    /// The state at `seq`: sums of a month of UTC.
    record Snapshot(long seq, YearMonth month, Totals totals) implements Frame {}

    /// What the numbers `fromSeq` to `seq` added.
    ///
    /// @param only where it is a single request
    /// @param recordedAt when the newest of its records was written, in milliseconds since 1970; 0: long ago
    record Delta(
            long fromSeq,
            long seq,
            Totals increment,
            @Nullable Outcome only,
            long recordedAt) implements Frame {

        static Delta of(long seq, Outcome outcome, long recordedAt) {
            return new Delta(seq, seq, Totals.of(outcome), outcome, recordedAt);
        }

        /// Both as one.
        Delta and(Delta next) {
            return new Delta(fromSeq, next.seq, increment.plus(next.increment), null, next.recordedAt);
        }
    }

    /// Something that a person should know.
    ///
    /// @param reason stable word, for example `draining`
    record Notice(long seq, String reason, String message) implements Frame {}

    /// The state at `seq`, and up to where ClickHouse was asked and said the same. A reader that added up has
    /// these totals.
    ///
    /// @param verifiedSeq the number up to which the sums of this instance and those of ClickHouse were compared
    record Checkpoint(long seq, YearMonth month, Totals totals, long verifiedSeq) implements Frame {}

    /// A budget is nearly spent, or spent too fast.
    record Budget(long seq, BudgetAlert alert) implements Frame {}

    /// The connection lives.
    record Ping(long seq) implements Frame {}
}
