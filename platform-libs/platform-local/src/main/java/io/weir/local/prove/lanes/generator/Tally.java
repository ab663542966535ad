package io.weir.local.prove.lanes.generator;

/// What a generator saw of an [Order].
///
/// @param made calls that ended well, with those of the lead
/// @param requests of them, those that ended while it was recorded
/// @param millis that were recorded
/// @param failures calls that were not answered 200, or not to the end
/// @param firstFailure the first of them, as far as its text matters; empty: none
/// @param times from a call's sending to the end of its answer, in nanoseconds
/// @param firstFrames from a call's sending to its first frame
/// @param frames from the sending of a frame other than the first to its arrival
/// @param mostOpen streams that had begun and not ended, the most at one time
public record Tally(
        long made,
        long requests,
        long millis,
        long failures,
        String firstFailure,
        Distribution times,
        Distribution firstFrames,
        Distribution frames,
        int mostOpen) {

    /// Requests a second.
    public double rate() {
        return requests * 1_000.0 / millis;
    }
}
