package io.weir.analytics.outlier;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How often it is looked for tenants that stand out.
///
/// @param every errors, added latency and quotas
/// @param spendEvery what tenants spend, which is much to read
@ConfigurationProperties("weir.analytics.outliers")
record OutlierProperties(
        @DefaultValue("30s") Duration every,
        @DefaultValue("15m") Duration spendEvery) {

    OutlierProperties {
        positive("every", every);
        positive("spend-every", spendEvery);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "weir.analytics.outliers." + name + ": " + value + " (expected: above 0)");
        }
    }
}
