package io.weir.billing.credit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tenant's credit: grants, and top-ups, which are grants that were paid for. In minor units of one
/// currency; nothing in it is ever negative.
public record Wallet(List<Grant> grants) {

    /// What is used first: the lowest priority number, then the earliest expiry (never is last), then
    /// the oldest.
    private static final Comparator<Grant> ORDER = Comparator.comparingInt(Grant::priority)
            .thenComparing(Grant::expiresAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Grant::createdAt)
            .thenComparing(Grant::id);

    public Wallet {
        grants = List.copyOf(grants);
    }

    /// Credit that was given.
    ///
    /// @param id stable and unique; breaks the last ties
    /// @param priority lower numbers are used first
    /// @param left of it, not negative
    /// @param expiresAt the first instant at which it is worth nothing; null: never
    public record Grant(
            String id,
            int priority,
            long left,
            Instant createdAt,
            @Nullable Instant expiresAt) {

        public Grant {
            if (left < 0) {
                throw new IllegalArgumentException("grant " + id + ": " + left + " left (expected: >= 0)");
            }
        }

        private boolean isWorthSomething(Instant now) {
            return left > 0 && !now.isBefore(createdAt) && (expiresAt == null || now.isBefore(expiresAt));
        }
    }

    /// What was taken of a grant.
    public record Debit(String grant, long amount) {}

    /// A draw and what it leaves.
    public record Drawn(Wallet wallet, List<Debit> debits) {

        public Drawn {
            debits = List.copyOf(debits);
        }

        public long amount() {
            return debits.stream().mapToLong(Debit::amount).sum();
        }
    }

    /// What could be drawn then.
    public long available(Instant now) {
        return grants.stream()
                .filter(grant -> grant.isWorthSomething(now))
                .mapToLong(Grant::left)
                .reduce(0, Math::addExact);
    }

    /// Draws an amount, or what there is of it. Throws [IllegalArgumentException] when it is negative.
    public Drawn draw(long amount, Instant now) {
        if (amount < 0) {
            throw new IllegalArgumentException("draw: " + amount + " (expected: >= 0)");
        }
        List<Debit> debits = new ArrayList<>();
        List<Grant> rest = new ArrayList<>();
        long due = amount;
        for (Grant grant : grants.stream().sorted(ORDER).toList()) {
            long taken = grant.isWorthSomething(now) ? Math.min(due, grant.left()) : 0;
            if (taken > 0) {
                debits.add(new Debit(grant.id(), taken));
                due -= taken;
            }
            rest.add(new Grant(
                    grant.id(), grant.priority(), grant.left() - taken, grant.createdAt(), grant.expiresAt()));
        }
        return new Drawn(new Wallet(rest), debits);
    }
}
