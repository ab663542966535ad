package io.weir.tenant.lifecycle;

/// A table with rows of tenants, as archives show it.
enum HeldTable {
    TENANT("tenant", false),
    SETTINGS("tenant_config", false, "copied"),
    KEYS("api_key", false, "hash", "pepper_id"),
    GRANTS("member_grant", false, "email_hash"),
    PROVIDER_KEYS("provider_key", false, "sealed", "fingerprint"),
    JOBS("job", false, "claimed_until"),
    HISTORY("config_history", true),
    PROFILES("member_profile", true),
    EVENTS("audit_event", true),
    CHECKPOINTS("audit_checkpoint", true),
    HEADS("audit_head", true);

    private final String table;
    private final boolean placed;
    // Joined by commas: an enum holds nothing that can be changed.
    private final String hidden;

    HeldTable(String table, boolean placed, String... hidden) {
        this.table = table;
        this.placed = placed;
        this.hidden = String.join(",", hidden);
    }

    String table() {
        return table;
    }

    /// Whether its rows are where the tenant's placement says.
    boolean placed() {
        return placed;
    }

    /// Columns that no archive shows.
    String[] hidden() {
        return hidden.isEmpty() ? new String[0] : hidden.split(",", -1);
    }
}
