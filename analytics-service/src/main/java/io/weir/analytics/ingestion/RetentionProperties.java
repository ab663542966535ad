package io.weir.analytics.ingestion;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How long ClickHouse keeps what, whatever a tenant's own retention of content says. Sealed hours and the numbers of
/// the cost stream are kept for ever: they are few, and must not begin anew.
///
/// @param meteringMonths settled calls and their attempts, external costs, availability by the hour, records that were
/// dropped; at least 13, so that a year can be compared and disputed
/// @param holdsDays holds and releases, of which nothing is billed; longer than the ledger keeps its records
/// @param accessDays what was answered or refused at the edge
@ConfigurationProperties("weir.analytics.retention")
public record RetentionProperties(
        @DefaultValue("25") int meteringMonths,
        @DefaultValue("90") int holdsDays,
        @DefaultValue("7") int accessDays) {

    private static final int LEDGER_DAYS = 35;

    /// Where nothing is set.
    public static final RetentionProperties DEFAULTS = new RetentionProperties(25, 90, 7);

    public RetentionProperties {
        demand("metering-months", meteringMonths, 13);
        demand("holds-days", holdsDays, LEDGER_DAYS);
        demand("access-days", accessDays, 1);
    }

    private static void demand(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "weir.analytics.retention." + name + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
