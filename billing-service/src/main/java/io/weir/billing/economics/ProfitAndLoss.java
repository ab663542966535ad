package io.weir.billing.economics;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Profit and loss of a span, by tenant, by plan and of the company: the sums of tenants and of plans, with
/// what belongs to none, are the company's, exactly.
///
/// @param tenants in order of their ids
/// @param plans in order of their codes
/// @param overhead cost that no tenant bears, as idle capacity
/// @param company all of it
public record ProfitAndLoss(List<Row> tenants, List<Row> plans, Amount overhead, Row company) {

    private static final String COMPANY = "company";
    // Of a percentage.
    private static final int DIGITS = 2;

    public ProfitAndLoss {
        tenants = List.copyOf(tenants);
        plans = List.copyOf(plans);
    }

    /// What is known of a tenant, in US dollars.
    ///
    /// @param revenue invoiced
    /// @param providerCost of its calls
    /// @param allocated share of the platform's own cost
    /// @param credits given back or away
    public record Entry(
            String tenant, String plan, Amount revenue, Amount providerCost, Amount allocated, Amount credits) {}

    /// A row of the statement.
    ///
    /// @param of a tenant's id, a plan's code, or `company`
    /// @param margin what is left
    /// @param marginPercent of the revenue, half up; null: there is none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            String of,
            Amount revenue,
            Amount providerCost,
            Amount allocated,
            Amount credits,
            Amount margin,
            @Nullable BigDecimal marginPercent) {

        static Row of(String name, Collection<Entry> entries, Amount overhead) {
            Amount revenue = sum(entries, Entry::revenue);
            Amount provider = sum(entries, Entry::providerCost);
            Amount allocated = sum(entries, Entry::allocated).plus(overhead);
            Amount credits = sum(entries, Entry::credits);
            Amount margin = revenue.minus(provider).minus(allocated).minus(credits);
            BigDecimal percent = revenue.isZero()
                    ? null
                    : margin.value()
                            .multiply(BigDecimal.valueOf(100))
                            .divide(revenue.value(), DIGITS, RoundingMode.HALF_UP);
            return new Row(name, revenue, provider, allocated, credits, margin, percent);
        }

        private static Amount sum(Collection<Entry> entries, Function<Entry, Amount> what) {
            return entries.stream().map(what).reduce(Amount.ZERO, Amount::plus);
        }
    }

    /// Sums up. A tenant that changed its plan has an entry for each.
    public static ProfitAndLoss of(Collection<Entry> entries, Amount overhead) {
        return new ProfitAndLoss(
                rows(entries, Entry::tenant), rows(entries, Entry::plan), overhead, Row.of(COMPANY, entries, overhead));
    }

    private static List<Row> rows(Collection<Entry> entries, Function<Entry, String> by) {
        Map<String, List<Entry>> grouped =
                entries.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
        return grouped.entrySet().stream()
                .map(group -> Row.of(group.getKey(), group.getValue(), Amount.ZERO))
                .sorted(Comparator.comparing(Row::of))
                .toList();
    }
}
