package io.weir.local.demo;

import java.math.BigDecimal;

/// What a run comes to.
///
/// @param requests calls that a provider answered 2xx, by its own ledger
/// @param tokens by the providers' ledger, in and out
/// @param difference sum of the absolute differences of all comparisons
public record DemoResult(long seed, long requests, long tokens, int invoices, BigDecimal difference) {

    public boolean addsUp() {
        return difference.signum() == 0;
    }
}
