package io.weir.tenant.plan;

import io.weir.snapshots.catalog.PlanSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A plan of the catalogue.
///
/// @param rank rises with what it allows
/// @param aliases other names under which it may be asked for
/// @param terms what it costs and allows, by date
public record Plan(String key, String name, int rank, Set<String> aliases, List<Terms> terms, long version) {

    /// @param billed what the data plane and billing are told
    /// @param tokensPriced whether tokens beyond the month's are priced rather than refused
    public record Terms(
            PlanSnapshot.Terms billed,
            int burstFactor,
            boolean tokensPriced,
            long tokensPerMonth,
            long documents,
            long storageMb,
            int databaseConnections,
            int statementTimeoutMs,
            int keys,
            int members,
            boolean agenticTools) {

        /// Whether calls beyond the included ones are refused.
        public boolean callsStop() {
            return billed.includedCalls() != null && billed.overagePerCall() == null;
        }
    }

    public PlanSnapshot snapshot() {
        return new PlanSnapshot(key, name, terms.stream().map(Terms::billed).toList(), version);
    }

    /// The terms in force; before the first ones, the first.
    public Terms termsAt(Instant instant) {
        PlanSnapshot.Terms billed = snapshot().termsAt(instant);
        return terms.stream()
                .filter(terms -> terms.billed().equals(billed))
                .findFirst()
                .orElseThrow();
    }

    /// What the plan says in the cascade of settings.
    public ObjectNode settingsAt(Instant instant) {
        Terms now = termsAt(instant);
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        ObjectNode limits = settings.putObject("limits");
        if (now.billed().requestsPerHour() != null) {
            limits.put("requestsPerHour", now.billed().requestsPerHour());
        }
        if (now.billed().requestsPerSecond() != null) {
            limits.put("requestsPerSecond", now.billed().requestsPerSecond());
        }
        if (now.billed().maxConcurrency() != null) {
            limits.put("maxConcurrency", now.billed().maxConcurrency());
        }
        // Where further tokens are priced, the plan's figure is an allowance, not a limit.
        if (!now.tokensPriced()) {
            limits.put("tokensPerMonth", now.tokensPerMonth());
        }
        Long calls = now.billed().includedCalls();
        if (calls != null && now.callsStop()) {
            limits.put(now.billed().includedPer() == PlanSnapshot.Period.DAY ? "callsPerDay" : "callsPerMonth", calls);
        }
        limits.put("documents", now.documents());
        limits.put("storageMb", now.storageMb());
        limits.put("keys", now.keys());
        limits.put("members", now.members());
        limits.put("databaseConnections", now.databaseConnections());
        limits.put("statementTimeoutMs", now.statementTimeoutMs());
        settings.putObject("models").put("maxTokens", now.billed().defaultMaxTokens());
        settings.putObject("features").put("agenticTools", now.agenticTools());
        return settings;
    }
}
