package io.weir.billing.credit;

import io.r2dbc.spi.Readable;
import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.credit.CreditOrder.NewCoupon;
import io.weir.billing.credit.CreditOrder.NewDraw;
import io.weir.billing.credit.CreditOrder.NewGrant;
import io.weir.billing.credit.Wallet.Debit;
import io.weir.billing.credit.Wallet.Drawn;
import io.weir.billing.credit.Wallet.Grant;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Credits in Postgres. A grant's rest and the ledger's transfers change in one transaction; whoever
/// draws locks the tenant's grants first, so that two draws never see the same rest.
final class R2dbcCredits {

    private static final String WHY = "credits of tenants are given, redeemed and used";

    private static final String ADD = """
        INSERT INTO credit_grant
            (tenant_id, grant_id, currency, priority, granted, remaining, reason, created_at, expires_at)
        VALUES (:tenant, :grant, :currency, :priority, :amount, :amount, :reason, :now, :expires)
        """;

    private static final String TRANSFER = """
        INSERT INTO credit_transfer
            (tenant_id, transfer_id, grant_id, from_account, to_account, amount, reference, at)
        VALUES (:tenant, :transfer, :grant, :from, :to, :amount, :reference, :now)
        """;

    private static final String READ = """
        SELECT grant_id, currency, priority, granted, remaining, reason, created_at, expires_at
        FROM credit_grant WHERE tenant_id = :tenant
        ORDER BY created_at, grant_id
        """;

    private static final String LOCK = """
        SELECT grant_id, currency, priority, granted, remaining, reason, created_at, expires_at
        FROM credit_grant WHERE tenant_id = :tenant AND currency = :currency
        ORDER BY grant_id
        FOR UPDATE
        """;

    private static final String TAKE = """
        UPDATE credit_grant SET remaining = remaining - :amount WHERE tenant_id = :tenant AND grant_id = :grant
        """;

    private static final String DRAW = """
        INSERT INTO credit_draw (tenant_id, reference, currency, wanted, drawn_at)
        VALUES (:tenant, :reference, :currency, :wanted, :now)
        ON CONFLICT (tenant_id, reference) DO NOTHING
        """;

    private static final String DRAWN_BEFORE = """
        SELECT d.currency, d.wanted, COALESCE(sum(t.amount), 0)::bigint AS drawn
        FROM credit_draw d
        LEFT JOIN credit_transfer t ON t.tenant_id = d.tenant_id AND t.reference = 'draw:' || d.reference
        WHERE d.tenant_id = :tenant AND d.reference = :reference
        GROUP BY d.currency, d.wanted
        """;

    private static final String ADD_COUPON = """
        INSERT INTO coupon (code, currency, amount, priority, max_redemptions, redeemable_until, created_at)
        VALUES (:code, :currency, :amount, :priority, :most, :until, :now)
        ON CONFLICT (code) DO NOTHING
        """;

    private static final String USE_COUPON = """
        UPDATE coupon SET redeemed = redeemed + 1
        WHERE code = :code AND redeemed < max_redemptions AND (redeemable_until IS NULL OR redeemable_until > :now)
        RETURNING currency, amount, priority
        """;

    private static final String COUPON = """
        SELECT code FROM coupon WHERE code = :code AND (redeemable_until IS NULL OR redeemable_until > :now)
        """;

    private static final String REDEEM = """
        INSERT INTO coupon_redemption (tenant_id, code, grant_id, redeemed_at)
        VALUES (:tenant, :code, :grant, :now)
        ON CONFLICT (tenant_id, code) DO NOTHING
        """;

    private final PlatformTransaction transaction;
    private final Audit audit;

    R2dbcCredits(PlatformTransaction transaction, Audit audit) {
        this.transaction = transaction;
        this.audit = audit;
    }

    /// A grant as it is kept.
    record Stored(Grant grant, String currency, long granted, String reason) {}

    /// What a draw took. The same reference again takes nothing more and answers the same.
    record Taken(Currency currency, long wanted, long drawn) {}

    /// A tenant's grants, oldest first.
    Mono<List<Stored>> of(TenantId tenant) {
        return transaction.in(
                WHY,
                client -> client.sql(READ)
                        .bind("tenant", tenant.value())
                        .map(R2dbcCredits::stored)
                        .all()
                        .collectList());
    }

    /// Gives credit and answers the grant.
    Mono<Stored> grant(NewGrant order, Instant now) {
        return transaction.in(
                WHY,
                client -> added(client, order, "grant", now)
                        .delayUntil(stored -> audit.record(client, order.tenant(), entry("credit.granted", stored))));
    }

    /// Fails with a 409 when the code is taken.
    Mono<Void> coupon(NewCoupon coupon, Instant now) {
        return transaction.in(
                WHY,
                client -> client.sql(ADD_COUPON)
                        .bind("code", coupon.code())
                        .bind("currency", coupon.currency().getCurrencyCode())
                        .bind("amount", coupon.amount())
                        .bind("priority", coupon.priority())
                        .bind("most", coupon.maxRedemptions())
                        .bind("until", Column.parameter(coupon.redeemableUntil(), Instant.class))
                        .bind("now", now)
                        .fetch()
                        .rowsUpdated()
                        .flatMap(rows -> rows == 1
                                ? audit.record(client, AuditEntry.done("coupon.created", "coupon:" + coupon.code()))
                                : Mono.error(conflict("There is a coupon of this code already."))));
    }

    /// Redeems a coupon for a tenant and answers the grant. Fails with a 404 where there is no such
    /// coupon, with a 409 where it is used up or the tenant has redeemed it; nothing is changed then.
    /// Of concurrent redemptions as many succeed as the coupon allows: each waits for the coupon's row.
    Mono<Stored> redeem(TenantId tenant, String code, Instant now) {
        return transaction.in(
                WHY,
                client -> client.sql(USE_COUPON)
                        .bind("code", code)
                        .bind("now", now)
                        .map(row -> new NewGrant(
                                tenant,
                                Currency.getInstance(Column.of(row, "currency", String.class)),
                                Column.of(row, "amount", Long.class),
                                Column.of(row, "priority", Integer.class),
                                "coupon " + code,
                                null))
                        .one()
                        .switchIfEmpty(Mono.defer(() -> notUsable(client, code, now)))
                        .flatMap(order -> added(client, order, "coupon:" + code, now))
                        .delayUntil(stored -> redeemed(client, tenant, code, stored, now))
                        .delayUntil(stored -> audit.record(client, tenant, entry("coupon.redeemed", stored))));
    }

    private static Mono<NewGrant> notUsable(DatabaseClient client, String code, Instant now) {
        return client.sql(COUPON)
                .bind("code", code)
                .bind("now", now)
                .map(row -> Column.of(row, "code", String.class))
                .one()
                .switchIfEmpty(Mono.error(CreditOrder::unknownCoupon))
                .flatMap(known -> Mono.error(conflict("This coupon was redeemed as often as it may be.")));
    }

    private static Mono<Void> redeemed(
            DatabaseClient client, TenantId tenant, String code, Stored stored, Instant now) {
        return client.sql(REDEEM)
                .bind("tenant", tenant.value())
                .bind("code", code)
                .bind("grant", UUID.fromString(stored.grant().id()))
                .bind("now", now)
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 1
                        ? Mono.empty()
                        : Mono.error(conflict("Your tenant has redeemed this coupon already.")));
    }

    /// Uses credit, or what there is of it.
    Mono<Taken> draw(NewDraw order, Instant now) {
        return transaction.in(
                WHY,
                client -> client.sql(DRAW)
                        .bind("tenant", order.tenant().value())
                        .bind("reference", order.reference())
                        .bind("currency", order.currency().getCurrencyCode())
                        .bind("wanted", order.amount())
                        .bind("now", now)
                        .fetch()
                        .rowsUpdated()
                        .flatMap(rows -> rows == 1 ? taken(client, order, now) : before(client, order)));
    }

    private Mono<Taken> taken(DatabaseClient client, NewDraw order, Instant now) {
        return client.sql(LOCK)
                .bind("tenant", order.tenant().value())
                .bind("currency", order.currency().getCurrencyCode())
                .map(row -> stored(row).grant())
                .all()
                .collectList()
                .map(grants -> new Wallet(grants).draw(order.amount(), now))
                .delayUntil(drawn -> Flux.fromIterable(drawn.debits())
                        .concatMap(debit -> take(client, order, debit, now))
                        .then())
                .map(Drawn::amount)
                .delayUntil(amount -> audit.record(
                        client,
                        order.tenant(),
                        AuditEntry.done("credit.used", "credit:" + order.reference())
                                .changing(null, amount)))
                .map(amount -> new Taken(order.currency(), order.amount(), amount));
    }

    private static Mono<Void> take(DatabaseClient client, NewDraw order, Debit debit, Instant now) {
        UUID grant = UUID.fromString(debit.grant());
        return client.sql(TAKE)
                .bind("tenant", order.tenant().value())
                .bind("grant", grant)
                .bind("amount", debit.amount())
                .fetch()
                .rowsUpdated()
                .then(transfer(
                        client,
                        order.tenant(),
                        grant,
                        "balance",
                        "used",
                        debit.amount(),
                        "draw:" + order.reference(),
                        now));
    }

    private static Mono<Taken> before(DatabaseClient client, NewDraw order) {
        return client.sql(DRAWN_BEFORE)
                .bind("tenant", order.tenant().value())
                .bind("reference", order.reference())
                .map(row -> new Taken(
                        Currency.getInstance(Column.of(row, "currency", String.class)),
                        Column.of(row, "wanted", Long.class),
                        Column.of(row, "drawn", Long.class)))
                .one()
                .flatMap(taken ->
                        taken.wanted() == order.amount() && taken.currency().equals(order.currency())
                                ? Mono.just(taken)
                                : Mono.error(conflict("This reference was used for another amount.")));
    }

    private static Mono<Stored> added(DatabaseClient client, NewGrant order, String reference, Instant now) {
        UUID id = UUID.randomUUID();
        Stored stored = new Stored(
                new Grant(id.toString(), order.priority(), order.amount(), now, order.expiresAt()),
                order.currency().getCurrencyCode(),
                order.amount(),
                order.reason());
        return client.sql(ADD)
                .bind("tenant", order.tenant().value())
                .bind("grant", id)
                .bind("currency", stored.currency())
                .bind("priority", order.priority())
                .bind("amount", order.amount())
                .bind("reason", order.reason())
                .bind("now", now)
                .bind("expires", Column.parameter(order.expiresAt(), Instant.class))
                .fetch()
                .rowsUpdated()
                .then(transfer(client, order.tenant(), id, "given", "balance", order.amount(), reference, now))
                .thenReturn(stored);
    }

    private static Mono<Void> transfer(
            DatabaseClient client,
            TenantId tenant,
            UUID grant,
            String from,
            String to,
            long amount,
            String reference,
            Instant now) {
        return client.sql(TRANSFER)
                .bind("tenant", tenant.value())
                .bind("transfer", UUID.randomUUID())
                .bind("grant", grant)
                .bind("from", from)
                .bind("to", to)
                .bind("amount", amount)
                .bind("reference", reference)
                .bind("now", now)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static AuditEntry entry(String action, Stored stored) {
        return AuditEntry.done(action, "credit:" + stored.grant().id())
                .changing(null, stored.granted() + " minor units of " + stored.currency());
    }

    private static PlatformException conflict(String why) {
        return new PlatformException(ProblemType.CONFLICT, why);
    }

    private static Stored stored(Readable row) {
        @Nullable Instant expires = row.get("expires_at", Instant.class);
        return new Stored(
                new Grant(
                        Column.of(row, "grant_id", UUID.class).toString(),
                        Column.of(row, "priority", Integer.class),
                        Column.of(row, "remaining", Long.class),
                        Column.of(row, "created_at", Instant.class),
                        expires),
                Column.of(row, "currency", String.class),
                Column.of(row, "granted", Long.class),
                Column.of(row, "reason", String.class));
    }
}
