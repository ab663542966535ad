package io.weir.local.prove.lanes.upstream;

/// How answers are paced.
///
/// @param latencyMillis before the first byte
/// @param frames of a stream
/// @param gapMillis between two of them
public record Pace(int latencyMillis, int frames, int gapMillis) {

    private static final int LONGEST_MILLIS = 60_000;

    public Pace {
        if (latencyMillis < 0 || latencyMillis > LONGEST_MILLIS) {
            throw new IllegalArgumentException("latencyMillis: " + latencyMillis + " (expected: 0 to 60000)");
        }
        if (frames < 1 || gapMillis < 1 || gapMillis > LONGEST_MILLIS) {
            throw new IllegalArgumentException(
                    "frames: " + frames + ", gapMillis: " + gapMillis + " (expected: 1 or more each)");
        }
    }
}
