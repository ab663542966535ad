package io.weir.local.prove.books;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What the ledger's events say of requests, tenants' caps and prices. Not safe for use by several threads.
public final class LedgerContents {

    private final Map<String, CapWalk> caps;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Set<String> hours = new TreeSet<>();
    private final Tariff tariff = new Tariff();
    private long events;

    /// @param caps to be followed, by tenant
    public LedgerContents(Map<String, CapWalk> caps) {
        this.caps = Map.copyOf(caps);
    }

    /// One event of a request, in the order of its partition.
    ///
    /// @param type for example `held.v1`
    public void apply(String type, JsonNode data, Instant time) {
        events++;
        String requestId = data.path("requestId").asString();
        String tenant = data.path("tenantId").asString();
        Entry entry = entries.computeIfAbsent(requestId, absent -> new Entry(requestId, tenant));
        CapWalk cap = caps.get(tenant);
        switch (type) {
            case "held.v1" -> {
                if (entry.isHeld() && !entry.isOpen()) {
                    return; // a hold behind its settlement holds nothing
                }
                entry.hold(Money.of(data.path("ceiling").asString()));
                if (cap != null) {
                    cap.hold(requestId, entry.ceiling(), time);
                }
            }
            case "released.v1" -> {
                entry.release();
                if (cap != null) {
                    cap.resolve(requestId, 0, time);
                }
            }
            case "settled.v1" -> settle(entry, data, time);
            default -> throw new IllegalStateException("an event of type " + type);
        }
    }

    private void settle(Entry entry, JsonNode data, Instant time) {
        List<Row> rows = new ArrayList<>();
        for (JsonNode attempt : data.path("attempts")) {
            rows.add(row(entry, attempt));
        }
        long cost = Money.of(data.path("cost").asString());
        boolean recovered = data.path("outcome").asString().equals("recovered");
        if (entry.settle(rows, cost, recovered, data.path("billable").asBoolean())) {
            hours.add(entry.tenant() + "/" + time.truncatedTo(ChronoUnit.HOURS));
            CapWalk cap = caps.get(entry.tenant());
            if (cap != null) {
                cap.resolve(entry.requestId(), cost, time);
            }
        }
    }

    private Row row(Entry entry, JsonNode attempt) {
        String model = attempt.path("model").asString();
        for (JsonNode line : attempt.path("lines")) {
            tariff.learn(
                    model,
                    line.path("meter").asString(),
                    Money.of(line.path("rate").asString()));
        }
        JsonNode buckets = attempt.path("buckets");
        return new Row(
                entry.tenant(),
                entry.requestId(),
                attempt.path("n").asInt(),
                model,
                attempt.path("providerRequestId").asString(null),
                attempt.path("outcome").asString(),
                attempt.path("status").asInt(0),
                buckets.path("text_in").asLong(0)
                        + buckets.path("text_in_cached").asLong(0)
                        + buckets.path("cache_write_5m").asLong(0)
                        + buckets.path("cache_write_1h").asLong(0),
                buckets.path("text_out").asLong(0)
                        + buckets.path("reasoning_out").asLong(0),
                attempt.path("usageSource").asString("").equals("provider"),
                Money.of(attempt.path("cost").asString()));
    }

    /// By request.
    public Map<String, Entry> entries() {
        return entries;
    }

    /// By tenant; those that have a cap.
    public Map<String, CapWalk> caps() {
        return caps;
    }

    /// Hours with settlements, each as `tenant/hour`.
    public Set<String> hours() {
        return hours;
    }

    public Tariff tariff() {
        return tariff;
    }

    public long openHolds() {
        return entries.values().stream().filter(Entry::isOpen).count();
    }

    /// Open holds of these tenants alone.
    public long openHolds(Set<String> tenants) {
        return entries.values().stream()
                .filter(entry -> tenants.contains(entry.tenant()))
                .filter(Entry::isOpen)
                .count();
    }

    /// Whether a request has its settlement.
    public boolean isSettled(String requestId) {
        Entry entry = entries.get(requestId);
        return entry != null && entry.isSettled();
    }

    /// Attempts that ClickHouse must have.
    public long attempts() {
        return entries.values().stream()
                .mapToLong(entry -> entry.attempts().size())
                .sum();
    }

    /// Events about requests.
    public long events() {
        return events;
    }

    /// Settlements that came behind the one that counts.
    public long duplicates() {
        return entries.values().stream().mapToLong(Entry::duplicates).sum();
    }
}
