package io.weir.local.prove.books;

/// One tenant in every book.
public final class Account {

    long provider;
    long held;
    long settled;
    long released;
    long recovered;
    long recoveredCost;
    long recoveredTruth;
    long kafkaRows;
    long clickHouseRows;
    long sealedRows;
    long kafkaCost;
    long clickHouseCost;
    long sealedCost;
    long debits;
    long unexplained;
    long doubled;
    long openHolds;

    /// Attempts that the provider served.
    public long provider() {
        return provider;
    }

    /// Requests that held.
    public long held() {
        return held;
    }

    /// Requests that were settled, those recovered included.
    public long settled() {
        return settled;
    }

    /// Requests that were released and never settled.
    public long released() {
        return released;
    }

    /// Requests that others settled for a process that was killed.
    public long recovered() {
        return recovered;
    }

    /// What those were settled at beyond what the provider served for them.
    public long recoveredDifference() {
        return recoveredCost - recoveredTruth;
    }

    /// Attempts in the ledger's settlements that count.
    public long kafkaRows() {
        return kafkaRows;
    }

    public long clickHouseRows() {
        return clickHouseRows;
    }

    public long sealedRows() {
        return sealedRows;
    }

    public long kafkaCost() {
        return kafkaCost;
    }

    public long clickHouseCost() {
        return clickHouseCost;
    }

    public long sealedCost() {
        return sealedCost;
    }

    /// What the tenant's budget was debited; 0 where it has none.
    public long debits() {
        return debits;
    }

    public long unexplained() {
        return unexplained;
    }

    public long doubled() {
        return doubled;
    }

    public long openHolds() {
        return openHolds;
    }
}
