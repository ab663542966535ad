package io.weir.gateway.limit;

import io.weir.gateway.call.Allowance;
import org.jspecify.annotations.Nullable;

/// The permits of a quota that this instance holds: fewer the less is left, and none that nobody used lately, so that
/// all of a quota can be used, wherever. Its clock is the wall's, for windows begin by it.
final class QuotaLease implements PermitLease<Quota> {

    private static final long SECOND = 1_000_000;
    // A lease is for what was used in such a time.
    private static final double HORIZON = 1_000_000;
    // Two requests at once are no pace.
    private static final double LEAST_SPAN = HORIZON / 4;
    // Of what is left all instances together hold at most this part unused.
    private static final int PART_AHEAD = 20;

    private Quota quota;
    private int instances;
    private Quota.Window window;
    private int stock;
    private int target;
    private double pace;
    private int used;
    private int usedLately;
    private int alone;
    private int spent;
    private int told;
    private long left;
    private long askedAt;
    private long refusedUntil;
    private @Nullable Count asked;

    QuotaLease(Quota quota, int instances, long now) {
        this.quota = quota;
        this.instances = instances;
        this.window = quota.windowAt(now / SECOND);
        this.left = quota.limit();
        this.askedAt = now - SECOND;
        this.refusedUntil = now;
    }

    @Override
    public void follow(Quota terms, int amongInstances, long now) {
        instances = amongInstances;
        boolean anew = !terms.equals(quota);
        if (anew) {
            left = Math.max(0, left + terms.limit() - quota.limit());
            quota = terms;
            refusedUntil = now;
            // Leased from the former quota: counted again under this one.
            spent -= stock;
            stock = 0;
        }
        Quota.Window present = window.has(now / SECOND) && !anew ? window : quota.windowAt(now / SECOND);
        if (!present.equals(window)) {
            window = present;
            stock = 0;
            alone = 0;
            spent = 0;
            left = quota.limit();
            refusedUntil = now;
        }
    }

    @Override
    public long take(long now) {
        if (stock > 0) {
            stock--;
            used++;
            usedLately++;
            return ADMITTED;
        }
        return now < refusedUntil ? untilEnd(now) : ASK;
    }

    @Override
    public long takeOfShare(long now) {
        if (alone >= Math.max(1, left / instances) || left == 0) {
            return untilEnd(now);
        }
        alone++;
        spent++;
        return ADMITTED;
    }

    @Override
    public boolean wantsMore(long now) {
        return asked == null && target > 0 && stock * 3 <= target && now >= refusedUntil;
    }

    @Override
    public boolean isAsking() {
        return asked != null;
    }

    @Override
    public Question ask(int waiting, long now) {
        pace = Math.max(used / Math.max(LEAST_SPAN, (double) (now - askedAt)), pace / 2);
        target = (int) Math.clamp(pace * HORIZON, 0.0, (double) left / (PART_AHEAD * instances));
        used = 0;
        askedAt = now;
        return asked(waiting + Math.max(0, target - stock), spent);
    }

    @Override
    public @Nullable Question giveBack(long now) {
        int needed = usedLately;
        int unneeded = stock - needed;
        usedLately = 0;
        if (asked != null || unneeded <= needed) {
            return null;
        }
        stock = needed;
        target = needed;
        spent -= unneeded;
        return asked(0, spent);
    }

    @Override
    public void putBack(long now) {
        if (window.has(now / SECOND)) {
            stock++;
        }
    }

    private Question asked(int wanted, int spentUntilNow) {
        Count count = new Count(quota.limit(), window.begins(), window.ends(), wanted, spentUntilNow);
        told = spentUntilNow;
        spent = 0;
        asked = count;
        return count;
    }

    @Override
    public int answered(Grant grant, int waiting, long now) {
        Count count = asked;
        asked = null;
        if (count == null || count.window() != window.begins()) {
            return 0;
        }
        alone = 0;
        left = grant.left();
        int admitted = Math.min(waiting, grant.permits());
        used += admitted;
        usedLately += admitted;
        int ahead = grant.permits() - admitted;
        if (count.limit() != quota.limit()) {
            spent -= ahead;
            return admitted;
        }
        stock += ahead;
        // Another instance may give some back.
        if (grant.permits() < count.wanted() && stock == 0) {
            refusedUntil = now + SECOND;
        }
        return admitted;
    }

    // What was to be given back may have been, although no answer came: it is not offered twice.
    @Override
    public void failed() {
        if (asked != null && asked.window() == window.begins()) {
            spent += Math.max(0, told);
        }
        asked = null;
    }

    @Override
    public Allowance allowance(long refusedFor, long now) {
        return new Allowance(
                quota.limit(),
                refusedFor == ADMITTED ? Math.max(0, left - spent) + stock : 0,
                untilEnd(now),
                refusedFor);
    }

    private long untilEnd(long now) {
        return Math.max(1, window.ends() * SECOND - now);
    }
}
