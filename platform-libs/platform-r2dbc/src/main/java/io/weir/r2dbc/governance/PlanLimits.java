package io.weir.r2dbc.governance;

import java.time.Duration;

/// What a plan allows a tenant to take of a database.
///
/// @param connections held at the same time, at most
/// @param statementTimeout after which one statement is ended
/// @param maxWait how long work waits for its turn
/// @param workMemoryKb memory of one sort or hash, before it goes to disk
/// @param rowsPerSecond how fast rows of long answers are read, once a second's worth has been
public record PlanLimits(
        int connections, Duration statementTimeout, Duration maxWait, int workMemoryKb, int rowsPerSecond) {

    private static final PlanLimits FREE = new PlanLimits(2, Duration.ofSeconds(2), Duration.ofSeconds(1), 2048, 2_500);
    private static final PlanLimits STARTER =
            new PlanLimits(4, Duration.ofSeconds(5), Duration.ofSeconds(1), 4096, 5_000);
    private static final PlanLimits GROWTH =
            new PlanLimits(10, Duration.ofSeconds(10), Duration.ofSeconds(2), 8192, 10_000);
    private static final PlanLimits ENTERPRISE =
            new PlanLimits(30, Duration.ofSeconds(30), Duration.ofSeconds(2), 16384, 20_000);

    public PlanLimits {
        if (connections < 1
                || statementTimeout.toMillis() < 1
                || maxWait.isNegative()
                || maxWait.isZero()
                || workMemoryKb < 64
                || rowsPerSecond < 1) {
            throw new IllegalArgumentException("plan limits: " + connections + " connections, " + statementTimeout
                    + ", wait " + maxWait + ", " + workMemoryKb
                    + " kB, " + rowsPerSecond
                    + " rows/s (expected: at least one connection and row, positive times, at least 64 kB)");
        }
    }

    /// The catalogue's figures as they are delivered, where a service knows no better; unknown plans get the least.
    public static PlanLimits delivered(String plan) {
        return switch (plan) {
            case "starter" -> STARTER;
            case "growth" -> GROWTH;
            case "enterprise" -> ENTERPRISE;
            default -> FREE;
        };
    }

    /// These, with what the catalogue says of connections and statements.
    public PlanLimits with(int published, Duration timeout) {
        return new PlanLimits(published, timeout, maxWait, workMemoryKb, rowsPerSecond);
    }
}
