package io.weir.analytics.outlier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.weir.analytics.outlier.TenantFigures.QuotaHits;
import io.weir.analytics.outlier.TenantFigures.Recent;
import io.weir.analytics.outlier.TenantFigures.Spend;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The gauges that name tenants: each has [TenantFigures#MOST] at most, and a tenant that no longer stands out is gone
/// from it. Every instance has them all.
final class OutlierMeters {

    private static final double WEEK_DAYS = 7;
    private static final double MILLIS = 1_000;

    private final MultiGauge errors;
    private final MultiGauge added;
    private final MultiGauge quotas;
    private final MultiGauge day;
    private final MultiGauge usual;
    private final MultiGauge share;
    private final Counter failed;
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

    OutlierMeters(MeterRegistry registry) {
        errors = gauge(registry, "errors", "answers", "answers 5xx of the last 5 minutes");
        added = gauge(registry, "added", "seconds", "p95 of what calls took beyond their attempts at providers, 5 min");
        quotas = gauge(registry, "quota.hits", "hours", "hours of the last 7 days in which a quota was used up");
        day = gauge(registry, "spend.day", "usd", "cost of the last 24 hours");
        usual = gauge(registry, "spend.usual", "usd", "cost of a day, as a mean of the seven before these 24 hours");
        share = gauge(registry, "cost.share", null, "cost of the month so far over what it brings by the plan");
        failed = Counter.builder("weir.analytics.tenants.looks.failed")
                .description("looks for tenants that stand out that ClickHouse did not answer")
                .register(registry);
        TimeGauge.builder("weir.analytics.tenants.looked", lookedAt, TimeUnit.NANOSECONDS, at ->
                        (double) (System.nanoTime() - at.get()))
                .description("time since the last look for tenants that stand out")
                .register(registry);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, @Nullable String unit, String description) {
        return MultiGauge.builder("weir.analytics.tenants." + name)
                .baseUnit(unit)
                .description(description)
                .register(registry);
    }

    /// @param plan of a tenant
    void recent(List<Recent> all, Function<TenantId, String> plan) {
        show(errors, all, Recent::tenant, plan, one -> (double) one.failed());
        List<Recent> enough = all.stream()
                .filter(one -> one.answered() >= TenantFigures.LEAST_CALLS)
                .toList();
        show(added, enough, Recent::tenant, plan, one -> one.addedMillis() / MILLIS);
        lookedAt.set(System.nanoTime());
    }

    void quotas(List<QuotaHits> all, Function<TenantId, String> plan) {
        show(quotas, all, QuotaHits::tenant, plan, one -> (double) one.hours());
    }

    void spend(List<Spend> all, Revenue revenue, Instant now) {
        show(day, all, Spend::tenant, revenue::plan, one -> one.day().value().doubleValue());
        show(usual, all, Spend::tenant, revenue::plan, one -> one.week().value().doubleValue() / WEEK_DAYS);
        show(
                share,
                all,
                Spend::tenant,
                revenue::plan,
                one -> revenue.costShare(one, now).orElse(0.0));
    }

    void failed() {
        failed.increment();
    }

    private static <T> void show(
            MultiGauge gauge,
            List<T> all,
            Function<T, TenantId> tenant,
            Function<TenantId, String> plan,
            ToDoubleFunction<T> value) {
        List<Row<?>> rows = all.stream()
                .filter(one -> value.applyAsDouble(one) > 0)
                .sorted(Comparator.comparingDouble(value).reversed())
                .limit(TenantFigures.MOST)
                .<Row<?>>map(one -> {
                    TenantId id = tenant.apply(one);
                    return Row.of(Tags.of("tenant", id.toString(), "plan", plan.apply(id)), value.applyAsDouble(one));
                })
                .toList();
        gauge.register(rows, true);
    }
}
