package io.weir.analytics.stream;

/// Why a stream ends, as the reader is told. Codes of our own (4000 and above) pass through proxies unchanged.
enum Ending {
    /// The reader does not keep up even with coalesced frames.
    SLOW(4008, "too slow; resume with the last seq"),
    /// This instance stops, or has to read the ledger anew.
    RESTART(4012, "resume with the last seq"),
    /// The reader left.
    LEFT(1000, "");

    private final int code;
    private final String reason;

    Ending(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
