package io.weir.local.prove.load;

/// How a call is made, and how its client leaves it.
public enum Kind {
    PLAIN(34),
    STREAM(28),
    /// A stream that its client leaves after some chunks.
    LEFT_MIDWAY(8),
    /// A call that its client leaves within milliseconds, mostly before anything came.
    LEFT_EARLY(6),
    /// `model: auto`, which may fail over to other providers.
    AUTO(14),
    EMBEDDING(10);

    private final int share;

    /// @param share of the calls, in percent
    Kind(int share) {
        this.share = share;
    }

    static Kind at(int percent) {
        int left = percent;
        for (Kind kind : values()) {
            if (left < kind.share) {
                return kind;
            }
            left -= kind.share;
        }
        throw new IllegalArgumentException("percent: " + percent + " (expected: 0 to 99)");
    }
}
