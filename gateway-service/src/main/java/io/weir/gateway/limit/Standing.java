package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;

/// Where a caller stands, of several limits by the tightest: the one that refuses, else the one with the least left.
final class Standing {

    private Standing() {}

    /// @param limit its name, for example `key.requestsPerSecond`
    static void note(Call call, Allowance allowance, String limit) {
        Allowance known = call.allowance();
        if (known == null || allowance.retryMicros() > 0 || allowance.remaining() < known.remaining()) {
            call.limitedTo(allowance, limit);
        }
    }
}
