package io.weir.billing.subscription;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.rating.calendar.BillingAnchor;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.preview.Fields;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Plans and subscriptions in Postgres. Nothing is ever changed: versions and decisions are added. Of two that are
/// added at once upon the same state one fails with a 409.
final class R2dbcSubscriptions {

    private static final String WHY = "plans are sold and tenants subscribe to them";

    private static final String PLANS = """
        SELECT plan, version, terms::text AS terms FROM plan_version ORDER BY plan, version
        """;
    private static final String ADD_PLAN = """
        INSERT INTO plan_version (plan, version, effective_from, terms, created_at)
        VALUES (:plan, :version, :from, :terms::jsonb, :now)
        ON CONFLICT DO NOTHING
        """;
    private static final String CHANGES = """
        SELECT number, at, change::text AS change FROM subscription_change WHERE tenant_id = :tenant ORDER BY number
        """;
    private static final String ADD_CHANGE = """
        INSERT INTO subscription_change (tenant_id, number, at, change)
        VALUES (:tenant, :number, :at, :change::jsonb)
        ON CONFLICT DO NOTHING
        """;

    private final PlatformTransaction transaction;
    private final Audit audit;
    private final JsonMapper json;

    R2dbcSubscriptions(PlatformTransaction transaction, Audit audit, JsonMapper json) {
        this.transaction = transaction;
        this.audit = audit;
        this.json = json;
    }

    /// A version with the terms as they were sent.
    record StoredPlan(PlanVersion version, JsonNode terms) {}

    /// A decision as it was sent.
    record StoredChange(int number, Instant at, JsonNode change) {}

    /// What a tenant has decided, and what that makes.
    record StoredSubscription(List<StoredChange> changes, Subscription subscription) {}

    Mono<List<StoredPlan>> plans() {
        return transaction.in(WHY, this::plans);
    }

    private Mono<List<StoredPlan>> plans(DatabaseClient client) {
        return client.sql(PLANS)
                .map(row -> {
                    JsonNode terms = json.readTree(Column.of(row, "terms", String.class));
                    int version = Column.of(row, "version", Integer.class);
                    return new StoredPlan(PlanJson.read(new Fields(terms, ""), version), terms);
                })
                .all()
                .collectList();
    }

    static PlanCatalogue catalogue(List<StoredPlan> plans) {
        return new PlanCatalogue(plans.stream().map(StoredPlan::version).toList());
    }

    /// Adds the next version of a plan and answers it. Fails with a 400 where it overlaps another one, with a 409 where
    /// somebody else added one at the same moment.
    Mono<StoredPlan> add(Fields terms, Instant now) {
        return transaction.in(WHY, client -> plans(client).flatMap(all -> add(client, all, terms, now)));
    }

    private Mono<StoredPlan> add(DatabaseClient client, List<StoredPlan> all, Fields terms, Instant now) {
        PlanVersion first = PlanJson.read(terms, 1);
        int next = all.stream()
                        .map(StoredPlan::version)
                        .filter(one -> one.plan().equals(first.plan()))
                        .mapToInt(PlanVersion::version)
                        .max()
                        .orElse(0)
                + 1;
        StoredPlan stored = new StoredPlan(PlanJson.read(terms, next), terms.object());
        if (next > 1 && stored.version().effectiveFrom().isBefore(now)) {
            throw terms.refused(
                    "effectiveFrom", "It is over, and periods may have been billed. Send an instant to come.");
        }
        List<PlanVersion> versions =
                new ArrayList<>(all.stream().map(StoredPlan::version).toList());
        versions.add(stored.version());
        try {
            new PlanCatalogue(versions);
        } catch (InvalidTermsException wrong) {
            throw terms.refused(wrong.field(), wrong.reason());
        }
        return client.sql(ADD_PLAN)
                .bind("plan", stored.version().plan())
                .bind("version", next)
                .bind("from", stored.version().effectiveFrom())
                .bind("terms", terms.object().toString())
                .bind("now", now)
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> orConflict(rows, "Somebody added a version of this plan just now."))
                .then(audit.record(client, AuditEntry.done("plan.version.added", "plan:" + first.plan() + "/" + next)))
                .thenReturn(stored);
    }

    /// Empty: the tenant has none.
    Mono<StoredSubscription> of(TenantId tenant) {
        return transaction.in(WHY, client -> of(client, tenant));
    }

    private Mono<StoredSubscription> of(DatabaseClient client, TenantId tenant) {
        return client.sql(CHANGES)
                .bind("tenant", tenant.value())
                .map(row -> new StoredChange(
                        Column.of(row, "number", Integer.class),
                        Column.of(row, "at", Instant.class),
                        json.readTree(Column.of(row, "change", String.class))))
                .all()
                .collectList()
                .flatMap(changes -> Mono.justOrEmpty(subscription(changes)));
    }

    private static Optional<StoredSubscription> subscription(List<StoredChange> changes) {
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        StoredChange first = changes.getFirst();
        List<Change> read = changes.stream()
                .map(stored -> ChangeJson.read(new Fields(stored.change(), ""), stored.at()))
                .toList();
        BillingAnchor anchor = BillingAnchor.at(first.at(), ChangeJson.zone(new Fields(first.change(), "")));
        return Optional.of(new StoredSubscription(changes, new Subscription(anchor, read)));
    }

    /// What the subscription would be with one more decision. Throws a 400 or a 404 where it cannot be.
    static Subscription with(Optional<StoredSubscription> before, Fields change, Instant at) {
        Change decided = ChangeJson.read(change, at);
        try {
            if (before.isPresent()) {
                return before.get().subscription().with(decided);
            }
            if (!(decided instanceof Change.Start start)) {
                throw new PlatformException(
                        ProblemType.NOT_FOUND, "The tenant has no subscription. Start one: kind start, with a plan.");
            }
            return Subscription.start(at, ChangeJson.zone(change), start.plan());
        } catch (InvalidTermsException wrong) {
            throw change.refused(wrong.field().equals("at") ? "kind" : wrong.field(), wrong.reason());
        }
    }

    /// Adds a decision and answers all. Fails with a 400 where it makes no sense, with a 409 where somebody
    /// else decided at the same moment.
    Mono<StoredSubscription> decide(TenantId tenant, Fields change, Instant now) {
        return transaction.in(
                WHY,
                client -> plans(client)
                        .flatMap(plans -> of(client, tenant)
                                .map(Optional::of)
                                .defaultIfEmpty(Optional.empty())
                                .flatMap(before -> decide(client, tenant, plans, before, change, now)))
                        .then(Mono.defer(() -> of(client, tenant))));
    }

    private Mono<Void> decide(
            DatabaseClient client,
            TenantId tenant,
            List<StoredPlan> plans,
            Optional<StoredSubscription> before,
            Fields change,
            Instant now) {
        Subscription after = with(before, change, now);
        check(after, catalogue(plans), change, now);
        int number = before.map(stored -> stored.changes().size()).orElse(0) + 1;
        String kind = change.demanded("kind", "a kind");
        return client.sql(ADD_CHANGE)
                .bind("tenant", tenant.value())
                .bind("number", number)
                .bind("at", now)
                .bind("change", change.object().toString())
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> orConflict(rows, "Somebody changed this subscription just now."))
                .then(audit.record(
                        client,
                        tenant,
                        AuditEntry.done("subscription." + kind, "subscription:" + tenant + "/" + number)));
    }

    /// Throws a 400 naming the field where the period that now lies in could not be billed.
    static Bill check(Subscription subscription, PlanCatalogue plans, Fields change, Instant now) {
        try {
            return new SubscriptionRating(plans)
                    .rate(subscription, subscription.anchor().containing(now), List.of());
        } catch (InvalidTermsException wrong) {
            throw change.refused(wrong.field(), wrong.reason());
        }
    }

    private static Mono<Void> orConflict(long rows, String why) {
        return rows == 1
                ? Mono.empty()
                : Mono.error(new PlatformException(
                        ProblemType.CONFLICT, why + " Look at what there is now, and send yours again."));
    }
}
