package io.weir.billing.pricebook;

import io.r2dbc.spi.Readable;
import io.weir.billing.pricebook.BookVersion.Status;
import io.weir.r2dbc.Column;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Price books in Postgres, every version of them. All within a running transaction of the platform's.
final class R2dbcPriceBooks {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('price-book/' || :book, 0))";

    private static final String COLUMNS = """
            SELECT book_id, version, status, parent_id, content, base_version, quarantined, imported_at, imported_by,
                   approved_at, decided_by
            FROM price_book WHERE content IS NOT NULL
            """;

    private static final String APPROVED = COLUMNS + " AND book_id = :book AND status = 'approved'";

    private static final String ALL_APPROVED = COLUMNS + " AND status = 'approved' ORDER BY book_id";

    private static final String ONE = COLUMNS + " AND book_id = :book AND version = :version";

    private static final String NEWEST = COLUMNS + "ORDER BY book_id, version DESC LIMIT 200";

    private static final String CHILDREN = """
            SELECT book_id, terms FROM price_book
            WHERE parent_id = :book AND status = 'approved' AND terms IS NOT NULL ORDER BY book_id
            """;

    private static final String LAST_FILE = """
            SELECT content_hash FROM price_book WHERE book_id = :book AND from_file ORDER BY version DESC LIMIT 1
            """;

    private static final String OWNER = """
            SELECT count(*) AS others FROM price_book
            WHERE book_id = :book AND owner_tenant IS DISTINCT FROM CAST(:owner AS uuid)
            """;

    private static final String ADD = """
            INSERT INTO price_book (book_id, version, status, source, observed_at, content_hash, owner_tenant, parent_id,
                                    terms, content, base_version, quarantined, from_file, imported_at, imported_by)
            SELECT :book, coalesce(max(version), 0) + 1, 'draft', :source, :observedAt, :hash, CAST(:owner AS uuid),
                   :parent, :terms, :content, :base, :quarantined, :file, :now, :by
            FROM price_book WHERE book_id = :book
            RETURNING version
            """;

    private static final String RETIRE =
            "UPDATE price_book SET status = 'retired' WHERE book_id = :book AND status = 'approved'";

    private static final String APPROVE = """
            UPDATE price_book SET status = 'approved', approved_at = :now, decided_by = :by
            WHERE book_id = :book AND version = :version
            """;

    private static final String REJECT = """
            UPDATE price_book SET status = 'rejected', decided_by = :by
            WHERE book_id = :book AND version = :version AND status = 'draft'
            """;

    private static final String ADD_MODELS = """
            INSERT INTO price_model (book_id, version, provider, model, mode, context_window, max_output_tokens)
            SELECT :book, :version, provider, model, mode, "contextWindow", "maxOutputTokens"
            FROM jsonb_to_recordset(CAST(:content AS jsonb) -> 'models') AS m(
                provider text, model text, mode text, "contextWindow" bigint, "maxOutputTokens" bigint)
            """;

    private static final String ADD_RULES = """
            INSERT INTO price_rule (book_id, version, rule_id, provider, model, meter, rate, service_tier,
                                    context_over, effective_from, effective_to, hours)
            SELECT :book, :version, id, provider, model, meter, rate, "serviceTier", "contextOver",
                   "effectiveFrom", "effectiveTo", hours
            FROM jsonb_to_recordset(CAST(:content AS jsonb) -> 'rules') AS r(
                id text, provider text, model text, meter text, rate numeric, "serviceTier" text,
                "contextOver" bigint, "effectiveFrom" timestamptz, "effectiveTo" timestamptz, hours jsonb)
            """;

    private R2dbcPriceBooks() {}

    /// A version to be stored as a draft.
    ///
    /// @param terms the file of a tenant's book; null: it is the platform's
    /// @param by null: the program itself
    record NewVersion(
            PriceBookSnapshot book,
            @Nullable String parent,
            @Nullable String terms,
            @Nullable Long base,
            boolean quarantined,
            boolean fromFile,
            @Nullable String by) {}

    /// A tenant's book that hangs on another.
    record Child(String id, String terms) {}

    /// Until the transaction ends nobody else changes the book.
    static Mono<Void> lock(DatabaseClient client, String book) {
        return client.sql(LOCK).bind("book", book).then();
    }

    /// Empty where none is in force.
    static Mono<BookVersion> approved(DatabaseClient client, String book) {
        return client.sql(APPROVED)
                .bind("book", book)
                .map(R2dbcPriceBooks::version)
                .one();
    }

    static Flux<BookVersion> allApproved(DatabaseClient client) {
        return client.sql(ALL_APPROVED).map(R2dbcPriceBooks::version).all();
    }

    /// The newest versions first, book by book.
    static Flux<BookVersion> newest(DatabaseClient client) {
        return client.sql(NEWEST).map(R2dbcPriceBooks::version).all();
    }

    /// Empty where there is none.
    static Mono<BookVersion> find(DatabaseClient client, String book, long version) {
        return client.sql(ONE)
                .bind("book", book)
                .bind("version", version)
                .map(R2dbcPriceBooks::version)
                .one();
    }

    static Flux<Child> children(DatabaseClient client, String book) {
        return client.sql(CHILDREN)
                .bind("book", book)
                .map(row -> new Child(Column.of(row, "book_id", String.class), Column.of(row, "terms", String.class)))
                .all();
    }

    /// Whether the last file that was taken in said the same.
    static Mono<Boolean> isLastFile(DatabaseClient client, PriceBookSnapshot book) {
        return client.sql(LAST_FILE)
                .bind("book", book.id())
                .map(row -> Column.of(row, "content_hash", String.class))
                .one()
                .map(hash(book)::equals)
                .defaultIfEmpty(false);
    }

    /// Whether a book of that id belongs to somebody else.
    static Mono<Boolean> isOthers(DatabaseClient client, PriceBookSnapshot book) {
        GenericExecuteSpec owner = client.sql(OWNER).bind("book", book.id());
        return bound(owner, "owner", owner(book), String.class)
                .map(row -> Column.of(row, "others", Long.class) > 0)
                .one();
    }

    /// Answers the number that it was given.
    static Mono<Long> add(DatabaseClient client, NewVersion version, Instant now) {
        PriceBookSnapshot book = version.book();
        GenericExecuteSpec insert = client.sql(ADD)
                .bind("book", book.id())
                .bind("source", book.source())
                .bind("observedAt", book.observedAt())
                .bind("hash", hash(book))
                .bind("content", json(book))
                .bind("quarantined", version.quarantined())
                .bind("file", version.fromFile())
                .bind("now", now);
        insert = bound(insert, "owner", owner(book), String.class);
        insert = bound(insert, "parent", version.parent(), String.class);
        insert = bound(insert, "terms", version.terms(), String.class);
        insert = bound(insert, "base", version.base(), Long.class);
        insert = bound(insert, "by", version.by(), String.class);
        return insert.map(row -> Column.of(row, "version", Long.class)).one();
    }

    /// Puts it in force in place of the one that is.
    static Mono<Void> approve(DatabaseClient client, PriceBookSnapshot book, @Nullable String by, Instant now) {
        GenericExecuteSpec approve = client.sql(APPROVE)
                .bind("book", book.id())
                .bind("version", book.version())
                .bind("now", now);
        return client.sql(RETIRE)
                .bind("book", book.id())
                .then()
                .then(bound(approve, "by", by, String.class).then())
                .then(rows(client, ADD_MODELS, book))
                .then(rows(client, ADD_RULES, book));
    }

    static Mono<Void> reject(DatabaseClient client, String book, long version, String by) {
        return client.sql(REJECT)
                .bind("book", book)
                .bind("version", version)
                .bind("by", by)
                .then();
    }

    private static Mono<Void> rows(DatabaseClient client, String sql, PriceBookSnapshot book) {
        return client.sql(sql)
                .bind("book", book.id())
                .bind("version", book.version())
                .bind("content", json(book))
                .then();
    }

    private static BookVersion version(Readable row) {
        PriceBookSnapshot content = SnapshotJson.read(
                Column.of(row, "content", String.class).getBytes(StandardCharsets.UTF_8), PriceBookSnapshot.class);
        return new BookVersion(
                content.numbered(Column.of(row, "version", Long.class)),
                Status.of(Column.of(row, "status", String.class)),
                row.get("parent_id", String.class),
                row.get("base_version", Long.class),
                Column.of(row, "quarantined", Boolean.class),
                row.get("imported_at", Instant.class),
                row.get("imported_by", String.class),
                row.get("approved_at", Instant.class),
                row.get("decided_by", String.class));
    }

    private static <T> GenericExecuteSpec bound(
            GenericExecuteSpec statement, String name, @Nullable T value, Class<T> type) {
        return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
    }

    private static @Nullable String owner(PriceBookSnapshot book) {
        return book.tenantId() == null ? null : book.tenantId().toString();
    }

    private static String json(PriceBookSnapshot book) {
        return new String(SnapshotJson.write(book), StandardCharsets.UTF_8);
    }

    // Of what it says, not of its number.
    private static String hash(PriceBookSnapshot book) {
        try {
            byte[] content = SnapshotJson.write(book.numbered(0));
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
