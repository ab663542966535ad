package io.weir.billing.reconciliation;

import io.weir.billing.rating.ExactAmount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every stage says of a tenant's period.
///
/// @param numbers the first and the last number of each producer's epoch in the period, by the epoch's name
/// @param events of the ledger
/// @param rows of the warehouse, as they are there
/// @param hours the last version of each sealed hour, by hour and model
/// @param shares of sealed hours under rated lines
/// @param rated lines before they were put on an invoice
/// @param invoiced lines of the final invoice
/// @param sent lines as Stripe has them
public record Books(
        Map<String, Numbers> numbers,
        List<Event> events,
        List<Row> rows,
        List<SealedHour> hours,
        List<Share> shares,
        List<Line> rated,
        List<Line> invoiced,
        List<Line> sent) {

    public Books {
        numbers = Map.copyOf(numbers);
        events = List.copyOf(events);
        rows = List.copyOf(rows);
        hours = List.copyOf(hours);
        shares = List.copyOf(shares);
        rated = List.copyOf(rated);
        invoiced = List.copyOf(invoiced);
        sent = List.copyOf(sent);
    }

    /// Numbers that a producer gave, without a gap.
    ///
    /// @param last inclusive
    public record Numbers(long first, long last) {}

    /// An event of the ledger.
    ///
    /// @param producer the epoch's name, as in [Books#numbers]
    public record Event(String id, String producer, long number, ExactAmount cost) {}

    /// A row of the warehouse.
    ///
    /// @param id of its event
    /// @param of hour and model, as in [SealedHour#of]
    /// @param storedAt null: it is not known, and counts as in time
    public record Row(
            String id,
            String of,
            ExactAmount cost,
            @Nullable Instant storedAt) {}

    /// What was sealed.
    ///
    /// @param of hour and model
    /// @param rows that were counted
    /// @param cost that they come to
    public record SealedHour(String of, Instant sealedAt, long rows, ExactAmount cost) {}

    /// The part of a rated line that a sealed hour accounts for.
    public record Share(String of, ExactAmount cost) {}

    /// A line of money.
    public record Line(String key, ExactAmount amount) {}
}
