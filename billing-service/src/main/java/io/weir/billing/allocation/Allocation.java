package io.weir.billing.allocation;

import io.weir.money.LargestRemainder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A bill spread over tenants. All amounts together are the bill, to the billionth; in what order rows come makes no
/// difference.
///
/// @param amounts by rule and owner, in their order
/// @param total of the bill, in billionths
public record Allocation(List<Owned> amounts, long total) {

    /// What nobody used of what was paid for.
    public static final String IDLE = "(idle)";
    /// What no rule covers, or nobody could be found for.
    public static final String UNALLOCATED = "(unallocated)";

    private static final String NO_RULE = "(no rule)";

    public Allocation {
        amounts = List.copyOf(amounts);
    }

    /// An amount.
    ///
    /// @param owner a tenant, [#IDLE] or [#UNALLOCATED]
    /// @param cost in billionths
    public record Owned(String rule, String owner, long cost) {}

    /// Spreads a bill. Rows of one rule are spread together, so that their cost is split once, by largest remainder.
    /// Throws [ArithmeticException] where a sum is too large.
    public static Allocation of(Collection<BillRow> bill, List<Rule> rules, Drivers drivers) {
        Map<String, TreeMap<String, Long>> sums = new TreeMap<>();
        Map<Rule, Long> shared = new HashMap<>();
        long total = 0;
        for (BillRow row : bill) {
            total = Math.addExact(total, row.cost());
            Optional<Rule> rule = rules.stream().filter(one -> one.covers(row)).findFirst();
            if (rule.isEmpty()) {
                add(sums, NO_RULE, UNALLOCATED, row.cost());
            } else if (rule.get().method() instanceof Method.Direct direct) {
                String owner = row.tags().getOrDefault(direct.tag(), "");
                boolean known = drivers.tenants().contains(owner);
                add(sums, rule.get().name(), known ? owner : UNALLOCATED, row.cost());
            } else {
                shared.merge(rule.get(), row.cost(), Math::addExact);
            }
        }
        shared.forEach((rule, cost) -> spread(cost, weights(rule.method(), drivers))
                .forEach((owner, part) -> add(sums, rule.name(), owner, part)));
        List<Owned> amounts = new ArrayList<>();
        sums.forEach((rule, owners) -> owners.forEach((owner, cost) -> amounts.add(new Owned(rule, owner, cost))));
        amounts.sort(Comparator.comparing(Owned::rule).thenComparing(Owned::owner));
        return new Allocation(amounts, total);
    }

    private static void add(Map<String, TreeMap<String, Long>> sums, String rule, String owner, long cost) {
        sums.computeIfAbsent(rule, absent -> new TreeMap<>()).merge(owner, cost, Math::addExact);
    }

    private static Map<String, Long> spread(long cost, Map<String, BigDecimal> weights) {
        return weights.values().stream().anyMatch(weight -> weight.signum() > 0)
                ? LargestRemainder.split(cost, weights)
                : Map.of(UNALLOCATED, cost);
    }

    private static Map<String, BigDecimal> weights(Method method, Drivers drivers) {
        Map<String, BigDecimal> weights = new TreeMap<>();
        switch (method) {
            case Method.Direct direct -> throw new IllegalArgumentException("direct cost is not shared: " + direct);
            case Method.Even even -> drivers.tenants().forEach(tenant -> weights.put(tenant, BigDecimal.ONE));
            case Method.Fixed fixed -> weights.putAll(fixed.weights());
            case Method.Proportional by -> {
                weights.putAll(drivers.used().getOrDefault(by.driver(), Map.of()));
                BigDecimal used = weights.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
                BigDecimal capacity = drivers.capacity().getOrDefault(by.driver(), used);
                if (capacity.compareTo(used) > 0) {
                    weights.put(IDLE, capacity.subtract(used));
                }
            }
        }
        return weights;
    }

    /// What each owner bears, over all rules, in billionths.
    public Map<String, Long> byOwner() {
        Map<String, Long> owners = new TreeMap<>();
        amounts.forEach(one -> owners.merge(one.owner(), one.cost(), Math::addExact));
        return owners;
    }
}
