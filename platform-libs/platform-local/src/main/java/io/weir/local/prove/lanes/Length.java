package io.weir.local.prove.lanes;

import java.time.Duration;

/// How long each turn takes.
///
/// @param leadMillis before anything is recorded
/// @param millis that are recorded
record Length(long leadMillis, long millis) {

    private static final long LEAST_MILLIS = 1_000;
    private static final long MOST_MILLIS = 60_000;
    private static final long LEAST_LEAD_MILLIS = 500;
    // Of a turn, the share that is lead.
    private static final int LEAD = 5;

    /// So that so many turns take about that long in all.
    static Length of(Duration whole, int turns) {
        long turn = Math.clamp(whole.toMillis() / turns, LEAST_MILLIS, MOST_MILLIS);
        long lead = Math.max(LEAST_LEAD_MILLIS, turn / LEAD);
        return new Length(lead, Math.max(LEAST_MILLIS, turn - lead));
    }
}
