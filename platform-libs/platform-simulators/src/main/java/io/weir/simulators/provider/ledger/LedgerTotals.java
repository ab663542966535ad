package io.weir.simulators.provider.ledger;

/// Sums over all calls since the ledger was cleared, also over those whose entries were evicted.
///
/// @param requests calls answered 2xx; `textIn` and `textOut` sum over these only
/// @param failed all other calls
/// @param evicted entries dropped because the ledger was full
public record LedgerTotals(long requests, long failed, long textIn, long textOut, long evicted) {

    static final LedgerTotals ZERO = new LedgerTotals(0, 0, 0, 0, 0);

    LedgerTotals plus(ServedRequest call) {
        return call.isAnswered()
                ? new LedgerTotals(
                        requests + 1,
                        failed,
                        textIn + call.tokens().textIn(),
                        textOut + call.tokens().textOut(),
                        evicted)
                : new LedgerTotals(requests, failed + 1, textIn, textOut, evicted);
    }

    LedgerTotals evicting() {
        return new LedgerTotals(requests, failed, textIn, textOut, evicted + 1);
    }
}
