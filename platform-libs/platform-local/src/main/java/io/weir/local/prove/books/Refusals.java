package io.weir.local.prove.books;

import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Seen.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the budgets refused, beside the ledger. A refusal is false where at no instant of its call so much was settled
/// and held that its ceiling did not fit. Held is also what calls of that time held that failed before the ledger knew
/// of them: each at the largest ceiling of its tenant.
public final class Refusals {

    // What a call held that failed is given back so much later.
    private static final Duration LINGERS = Duration.ofSeconds(2);
    private static final Pattern CEILING = Pattern.compile("may cost up to \\$([0-9.]+)");

    private Refusals() {}

    /// @param exceeded answered 429 `budget_exceeded`
    /// @param mistaken of those, false ones
    /// @param recovering answered 503 `budget_recovering`
    /// @param longestRecovery from the first of such answers of a tenant until calls are decided again
    public record Judged(int exceeded, int mistaken, int recovering, Duration longestRecovery, List<String> examples) {}

    /// @param caps by tenant
    public static Judged judge(Collection<Seen> seen, List<Customer> customers, Map<String, CapWalk> caps) {
        int exceeded = 0;
        int mistaken = 0;
        List<String> examples = new ArrayList<>();
        Map<String, CapBound> bounds = bounds(seen, caps);
        for (Seen one : seen) {
            String tenant = customers.get(one.customer()).tenantId();
            CapWalk cap = caps.get(tenant);
            CapBound bound = bounds.get(tenant);
            if (one.exceedsBudget() && cap != null && bound != null) {
                exceeded++;
                long ceiling = ceiling(one);
                long from = one.sent().toEpochMilli();
                long until = one.ended().toEpochMilli();
                long most = bound.mostBetween(from, until);
                long unseen = seen.stream()
                        .filter(other -> other.customer() == one.customer() && isUnseen(other))
                        .filter(other -> other.sent().toEpochMilli() <= until
                                && other.ended().plus(LINGERS).toEpochMilli() >= from)
                        .count();
                if (most + ceiling + unseen * cap.largestCeiling() <= cap.cap()) {
                    mistaken++;
                    examples.add("sent " + one.sent() + ", refused " + one.ended() + " although at most $"
                            + Money.text(most) + " of $" + Money.text(cap.cap()) + " was settled and held: "
                            + one.detail());
                }
            }
        }
        int recovering = (int) seen.stream().filter(Seen::awaitsRecovery).count();
        return new Judged(exceeded, mistaken, recovering, longestRecovery(seen), examples);
    }

    private static Map<String, CapBound> bounds(Collection<Seen> seen, Map<String, CapWalk> caps) {
        Map<String, Seen> byRequest = new HashMap<>();
        for (Seen one : seen) {
            if (one.requestId() != null) {
                byRequest.put(one.requestId(), one);
            }
        }
        Map<String, CapBound> bounds = new HashMap<>();
        caps.forEach((tenant, cap) -> bounds.put(tenant, new CapBound(cap.lives(), byRequest::get)));
        return bounds;
    }

    // It may have held before it failed.
    private static boolean isUnseen(Seen one) {
        return one.status() == 503 || one.result() == Result.BROKEN;
    }

    /// What a refused call might have cost, as the refusal says.
    public static long ceiling(Seen one) {
        Matcher found = CEILING.matcher(one.detail() == null ? "" : one.detail());
        if (!found.find()) {
            throw new IllegalStateException("a refusal that names no ceiling: " + one.detail());
        }
        String amount = found.group(1);
        return Money.of(amount.endsWith(".") ? amount.substring(0, amount.length() - 1) : amount);
    }

    private static Duration longestRecovery(Collection<Seen> seen) {
        Map<Integer, Instant> since = new HashMap<>();
        Duration longest = Duration.ZERO;
        for (Seen one : seen.stream().sorted(Comparator.comparing(Seen::ended)).toList()) {
            if (one.awaitsRecovery()) {
                Instant first = since.computeIfAbsent(one.customer(), absent -> one.sent());
                Duration lasted = Duration.between(first, one.ended());
                longest = lasted.compareTo(longest) > 0 ? lasted : longest;
            } else if (one.status() == 200 || one.exceedsBudget()) {
                since.remove(one.customer());
            }
        }
        return longest;
    }
}
