package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import org.jspecify.annotations.Nullable;

/// The permits that this instance holds of one tenant's rate. Its clock is this process's own, which never goes back.
///
/// INVARIANT: it holds at most [RequestRate#ahead] permits unused. Those that it does not need it gives back, for what
/// is unused here cannot be used by another instance.
final class RateLease implements PermitLease<RequestRate> {

    // A lease is for what was used in such a time.
    private static final double HORIZON = 200_000;
    // Two requests at once are no pace.
    private static final double LEAST_SPAN = HORIZON / 4;
    private static final long SECOND = 1_000_000;
    // Between two questions to an empty bucket.
    private static final long PAUSE = 2_000;

    private final PermitBucket share = new PermitBucket();
    private RequestRate rate;
    private int instances;
    private int stock;
    private long refusedUntil;
    private long quietUntil;
    private int target;
    private double pace;
    private int used;
    private int usedLately;
    private int spent;
    private int told;
    private long askedAt;
    private @Nullable Claim asked;
    private int left;
    private long seenAt;

    RateLease(RequestRate rate, int instances, long now) {
        this.rate = rate;
        this.instances = instances;
        this.left = (int) rate.depth(instances);
        this.askedAt = now - SECOND;
        this.seenAt = now;
        this.refusedUntil = now;
        this.quietUntil = now;
    }

    @Override
    public void follow(RequestRate terms, int amongInstances, long now) {
        if (!terms.equals(rate)) {
            rate = terms;
            refusedUntil = Math.min(refusedUntil, askedAt);
        }
        instances = amongInstances;
        stock = Math.min(stock, rate.ahead(instances));
    }

    @Override
    public long take(long now) {
        if (stock > 0) {
            stock--;
            used++;
            usedLately++;
            return ADMITTED;
        }
        return now < refusedUntil ? refusedUntil - now : ASK;
    }

    // Almost without a burst: with one permit and no second one, what comes late would be lost. What it admits is told
    // to the shared bucket once that is back.
    @Override
    public long takeOfShare(long now) {
        Grant own = share.take(now, new Claim(rate.intervalMicros() * instances, 2, 1, 0));
        if (own.permits() == 0) {
            return Math.max(1, own.waitMicros());
        }
        spent++;
        used++;
        return ADMITTED;
    }

    @Override
    public boolean wantsMore(long now) {
        return asked == null && stock * 3 <= target && target > 0 && now >= quietUntil && now >= refusedUntil;
    }

    @Override
    public boolean isAsking() {
        return asked != null;
    }

    @Override
    public Question ask(int waiting, long now) {
        int ahead = rate.ahead(instances);
        pace = Math.max(used / Math.max(LEAST_SPAN, (double) (now - askedAt)), pace / 2);
        target = Math.clamp(Math.round(pace * HORIZON), 0, ahead);
        used = 0;
        askedAt = now;
        return asked(waiting + Math.max(0, target - stock), spent);
    }

    @Override
    public @Nullable Question giveBack(long now) {
        int needed = (int) Math.ceil(usedLately * HORIZON / SECOND);
        int unneeded = stock - needed;
        usedLately = 0;
        if (asked != null || unneeded <= needed) {
            return null;
        }
        stock = needed;
        target = needed;
        return asked(0, spent - unneeded);
    }

    private Claim asked(int wanted, int spentUntilNow) {
        Claim claim = new Claim(rate.intervalMicros(), rate.depth(instances), wanted, spentUntilNow);
        told = spent;
        asked = claim;
        return claim;
    }

    @Override
    public int answered(Grant grant, int waiting, long now) {
        Claim claim = asked;
        asked = null;
        spent -= told;
        told = 0;
        left = grant.left();
        seenAt = now;
        int admitted = Math.min(waiting, grant.permits());
        used += admitted;
        usedLately += admitted;
        stock = Math.min(stock + grant.permits() - admitted, rate.ahead(instances));
        boolean dry = claim == null || grant.permits() < claim.wanted();
        if (dry) {
            quietUntil = now + PAUSE;
        }
        if (dry && stock == 0 && (grant.permits() == 0 || admitted < waiting)) {
            refusedUntil = now + Math.max(grant.waitMicros(), PAUSE);
        }
        return admitted;
    }

    // What was to be given back may have been: it is not offered twice.
    @Override
    public void failed() {
        asked = null;
        told = 0;
    }

    @Override
    public Allowance allowance(long refusedFor, long now) {
        long limit = (long) rate.burst();
        long remaining = refusedFor == ADMITTED ? remaining(now) : 0;
        return new Allowance(limit, remaining, (long) ((limit - remaining) * rate.intervalMicros()), refusedFor);
    }

    // How many more would be admitted now, as far as is known here.
    private long remaining(long now) {
        if (now < refusedUntil) {
            return 0;
        }
        double refilled = left + (now - seenAt) / rate.intervalMicros();
        return (long) Math.min(rate.burst(), stock + Math.max(0, Math.min(refilled, rate.depth(instances)) - spent));
    }
}
