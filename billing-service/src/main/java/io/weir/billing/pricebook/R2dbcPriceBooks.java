package io.weir.billing.pricebook;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Approved price books in Postgres, every version of them.
final class R2dbcPriceBooks {

    private static final String WHY = "price books belong to the platform";

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('price-book/' || :book, 0))";

    private static final String KNOWN =
            "SELECT version FROM price_book WHERE book_id = :book AND status = 'approved' AND content_hash = :hash";

    private static final String RETIRE =
            "UPDATE price_book SET status = 'retired' WHERE book_id = :book AND status = 'approved'";

    private static final String APPROVE = """
            INSERT INTO price_book (book_id, version, status, source, observed_at, content_hash, approved_at)
            SELECT :book, coalesce(max(version), 0) + 1, 'approved', :source, :observedAt, :hash, :now
            FROM price_book WHERE book_id = :book
            RETURNING version
            """;

    private static final String ADD_MODELS = """
            INSERT INTO price_model (book_id, version, provider, model, mode, context_window, max_output_tokens)
            SELECT :book, :version, provider, model, mode, "contextWindow", "maxOutputTokens"
            FROM jsonb_to_recordset(CAST(:content AS jsonb) -> 'models') AS m(
                provider text, model text, mode text, "contextWindow" bigint, "maxOutputTokens" bigint)
            """;

    private static final String ADD_RULES = """
            INSERT INTO price_rule (book_id, version, rule_id, provider, model, meter, rate, service_tier,
                                    context_over, effective_from, effective_to)
            SELECT :book, :version, id, provider, model, meter, rate, "serviceTier", "contextOver",
                   "effectiveFrom", "effectiveTo"
            FROM jsonb_to_recordset(CAST(:content AS jsonb) -> 'rules') AS r(
                id text, provider text, model text, meter text, rate numeric, "serviceTier" text,
                "contextOver" bigint, "effectiveFrom" timestamptz, "effectiveTo" timestamptz)
            """;

    private final PlatformTransaction transaction;

    R2dbcPriceBooks(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// Makes the book the approved one and answers it with its version: the same as before where its content is the
    /// same, else the next. Atomic per book.
    Mono<PriceBookSnapshot> approve(PriceBookSnapshot book, Instant now) {
        byte[] content = SnapshotJson.write(book);
        String hash = sha256(content);
        return transaction
                .in(
                        WHY,
                        client -> lock(client, book.id())
                                .then(known(client, book.id(), hash))
                                .switchIfEmpty(Mono.defer(() -> store(client, book, content, hash, now))))
                .map(version -> versioned(book, version));
    }

    private static Mono<Void> lock(DatabaseClient client, String book) {
        return client.sql(LOCK).bind("book", book).then();
    }

    private static Mono<Long> known(DatabaseClient client, String book, String hash) {
        return client.sql(KNOWN)
                .bind("book", book)
                .bind("hash", hash)
                .map(row -> Column.of(row, "version", Long.class))
                .one();
    }

    private static Mono<Long> store(
            DatabaseClient client, PriceBookSnapshot book, byte[] content, String hash, Instant now) {
        String json = new String(content, StandardCharsets.UTF_8);
        return client.sql(RETIRE)
                .bind("book", book.id())
                .then()
                .then(client.sql(APPROVE)
                        .bind("book", book.id())
                        .bind("source", book.source())
                        .bind("observedAt", book.observedAt())
                        .bind("hash", hash)
                        .bind("now", now)
                        .map(row -> Column.of(row, "version", Long.class))
                        .one())
                .delayUntil(version -> add(client, ADD_MODELS, book.id(), version, json))
                .delayUntil(version -> add(client, ADD_RULES, book.id(), version, json));
    }

    private static Mono<Void> add(DatabaseClient client, String sql, String book, long version, String json) {
        return client.sql(sql)
                .bind("book", book)
                .bind("version", version)
                .bind("content", json)
                .then();
    }

    private static PriceBookSnapshot versioned(PriceBookSnapshot book, long version) {
        return new PriceBookSnapshot(book.id(), book.source(), book.observedAt(), book.models(), book.rules(), version);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
