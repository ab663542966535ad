package io.weir.analytics.forecast;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The answer of `GET /api/analytics/forecast`. Amounts are decimal strings.
///
/// @param end of the tenant's month, exclusive
/// @param lastDayUsdPerHour mean of the last 24 hours
/// @param daysOfData complete days that the forecast rests on, of a new tenant those since its first call, [#MOST_DAYS]
/// at most
/// @param forecast null while there are fewer than [#FEWEST_DAYS] of them: nothing honest can be said then
/// @param capUsd what the tenant may spend in the month; null: no cap
/// @param capReachedAt when it is spent if the last 24 hours go on; null: not in this month
@JsonInclude(JsonInclude.Include.NON_NULL)
record MonthForecast(
        Instant asOf,
        String timeZone,
        Instant start,
        Instant end,
        Amount spentUsd,
        Amount lastDayUsdPerHour,
        int daysOfData,
        @Nullable Range forecast,
        @Nullable Amount capUsd,
        @Nullable Instant capReachedAt) {

    static final int FEWEST_DAYS = 3;
    static final int MOST_DAYS = 14;

    private static final MathContext PRECISE = MathContext.DECIMAL64;
    // Two-sided 95 % of the normal distribution.
    private static final BigDecimal QUANTILE = new BigDecimal("1.96");
    private static final BigDecimal DAY_SECONDS =
            BigDecimal.valueOf(Duration.ofDays(1).toSeconds());

    /// What each day cost that counts. Days without a call do, unless they lie before the tenant's first call; so
    /// does the day of the first call, a part of a day only, while there are not enough without it.
    ///
    /// @param days in order, each with what it cost; empty: no call
    /// @param calledBefore whether there were calls before all of them
    static List<Amount> complete(List<Optional<BigDecimal>> days, boolean calledBefore) {
        List<Optional<BigDecimal>> since =
                calledBefore ? days : days.stream().dropWhile(Optional::isEmpty).toList();
        boolean part = !calledBefore && since.size() > FEWEST_DAYS;
        return since.stream()
                .skip(part ? 1 : 0)
                .map(spent -> new Amount(spent.orElse(BigDecimal.ZERO)))
                .toList();
    }

    /// About 95 % of outcomes lie between low and high, if days go on to be as they were.
    record Range(Amount expectedUsd, Amount lowUsd, Amount highUsd) {}

    /// The mean method: the days to come are drawn like the last ones. With n days of mean x and variance s^2, the m
    /// days that are left come to m x, with the variance m s^2 of the days plus m^2 s^2 / n of the mean itself
    /// (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 and 5.5). Null where there
    /// are too few days.
    ///
    /// @param spent in the month so far
    /// @param days complete days, each with what it cost
    /// @param left of the month
    static @Nullable Range range(Amount spent, List<Amount> days, Duration left) {
        if (days.size() < FEWEST_DAYS) {
            return null;
        }
        BigDecimal count = BigDecimal.valueOf(days.size());
        BigDecimal mean = days.stream()
                .map(Amount::value)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(count, PRECISE);
        BigDecimal squares =
                days.stream().map(day -> day.value().subtract(mean).pow(2)).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal variance = squares.divide(count.subtract(BigDecimal.ONE), PRECISE);
        BigDecimal ahead = BigDecimal.valueOf(left.toSeconds()).divide(DAY_SECONDS, PRECISE);
        BigDecimal expected = spent.value().add(mean.multiply(ahead));
        BigDecimal width = variance.multiply(ahead)
                .add(variance.multiply(ahead.pow(2)).divide(count, PRECISE))
                .sqrt(PRECISE)
                .multiply(QUANTILE);
        // What is spent stays spent.
        BigDecimal low = expected.subtract(width).max(spent.value());
        return new Range(amount(expected), amount(low), amount(expected.add(width)));
    }

    /// Null where it is not before the end, or nothing is being spent.
    static @Nullable Instant reached(@Nullable Amount cap, Amount spent, Amount perHour, Instant now, Instant end) {
        if (cap == null) {
            return null;
        }
        BigDecimal room = cap.value().subtract(spent.value());
        if (room.signum() <= 0) {
            return now;
        }
        BigDecimal hours = BigDecimal.valueOf(Duration.between(now, end).toSeconds())
                .divide(BigDecimal.valueOf(Duration.ofHours(1).toSeconds()), PRECISE);
        if (perHour.value().multiply(hours).compareTo(room) <= 0) {
            return null;
        }
        BigDecimal seconds = room.multiply(
                        BigDecimal.valueOf(Duration.ofHours(1).toSeconds()))
                .divide(perHour.value(), PRECISE);
        return now.plusSeconds(seconds.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    static Amount perHour(BigDecimal ofADay) {
        return amount(ofADay.divide(BigDecimal.valueOf(Duration.ofDays(1).toHours()), PRECISE));
    }

    private static Amount amount(BigDecimal value) {
        return new Amount(value.setScale(Amount.SCALE, RoundingMode.HALF_UP));
    }
}
