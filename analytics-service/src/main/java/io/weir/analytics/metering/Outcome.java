package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// How a request came to an end: it was settled, or its hold was released.
///
/// @param provider empty for a release, as `model` and `routeReason` are
/// @param cost US dollars, exact; 0 for a release
public record Outcome(
        Request request,
        Kind kind,
        Instant time,
        String provider,
        String model,
        String routeReason,
        long tokensIn,
        long tokensOut,
        Amount cost,
        Amount savings) {

    /// A request of a tenant.
    public record Request(TenantId tenant, String id) {}

    /// Which event it was.
    public enum Kind {
        SETTLED,
        RELEASED;

        /// As it stands in ClickHouse.
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    // Bounds do not matter to whether rows can be made.
    private static final Chunk ANY = new Chunk("", 0, 0, 0, List.of(), false);

    /// The outcome that a record tells of; empty where it tells of none, and where ingestion refuses the
    /// record.
    public static Optional<Outcome> read(ConsumerRecord<String, byte[]> source) {
        UsageRecord usage = ReadRecord.of(source).usage();
        if (usage == null) {
            return Optional.empty();
        }
        try {
            return switch (usage.data()) {
                case Settled settled -> {
                    UsageRows.settled(ANY, 0, usage, settled);
                    yield Optional.of(settled(usage, settled));
                }
                case Released released -> {
                    UsageRows.released(ANY, 0, usage, released);
                    yield Optional.of(released(usage, released));
                }
                default -> Optional.empty();
            };
        } catch (RuntimeException incomplete) {
            // As ingestion does: a payload of which no row can be made is refused there, with its reason.
            return Optional.empty();
        }
    }

    static Outcome settled(UsageRecord usage, Settled settled) {
        List<Quantities> buckets =
                settled.attempts().stream().map(Attempt::buckets).toList();
        return new Outcome(
                request(settled),
                Kind.SETTLED,
                usage.time(),
                settled.servedProvider(),
                settled.servedModel(),
                settled.routeReason(),
                buckets.stream().mapToLong(Quantities::input).sum(),
                buckets.stream().mapToLong(Quantities::output).sum(),
                settled.cost(),
                settled.savings().stream().map(SavingsLine::amount).reduce(Amount.ZERO, Amount::plus));
    }

    static Outcome released(UsageRecord usage, Released released) {
        return new Outcome(request(released), Kind.RELEASED, usage.time(), "", "", "", 0, 0, Amount.ZERO, Amount.ZERO);
    }

    static Request request(OfRequest event) {
        return new Request(event.tenantId(), event.requestId());
    }
}
