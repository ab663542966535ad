package io.weir.billing.allocation;

import java.math.BigDecimal;
import java.util.Map;

/// A row of a bill, as FOCUS has it.
///
/// @param line of the file, from 1; says which row is meant
/// @param service `ServiceName`
/// @param resource `ResourceId`; empty: none
/// @param cost `BilledCost`, in billionths of the bill's currency; negative for refunds
/// @param tags `Tags`
public record BillRow(int line, String service, String resource, long cost, Map<String, String> tags) {

    /// Decimals of a unit of the currency that count.
    public static final int DIGITS = 9;

    public BillRow {
        tags = Map.copyOf(tags);
    }

    /// Throws [ArithmeticException] where it has more digits than count, or is too large.
    public static long billionths(BigDecimal amount) {
        return amount.movePointRight(DIGITS).longValueExact();
    }
}
