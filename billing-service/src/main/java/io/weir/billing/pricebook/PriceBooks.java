package io.weir.billing.pricebook;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.pricebook.BookVersion.Status;
import io.weir.billing.pricebook.R2dbcPriceBooks.Child;
import io.weir.billing.pricebook.R2dbcPriceBooks.NewVersion;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Takes price books in, lets them be compared, approved and rejected, and publishes those in force. What was
/// approved is what was shown: a version whose base is no longer in force cannot be approved.
final class PriceBooks {

    private static final Logger LOG = LoggerFactory.getLogger(PriceBooks.class);
    private static final String WHY = "price books belong to the platform";

    private final PlatformTransaction transaction;
    private final SnapshotPublisher publisher;
    private final Audit audit;
    private final InstantSource clock;

    PriceBooks(PlatformTransaction transaction, SnapshotPublisher publisher, Audit audit, InstantSource clock) {
        this.transaction = transaction;
        this.publisher = publisher;
        this.audit = audit;
        this.clock = clock;
    }

    /// A version and what it changes.
    ///
    /// @param comparison with the version that was in force when it came
    record Shown(BookVersion version, Comparison comparison) {}

    /// Stores a draft.
    Mono<Shown> importTerms(byte[] file, String by) {
        Terms terms = PriceBookReader.parse("body", file);
        PriceBookSnapshot own = terms.own();
        boolean tenants = own.tenantId() != null;
        String text = tenants ? new String(file, StandardCharsets.UTF_8) : null;
        return transaction.in(
                WHY,
                client -> R2dbcPriceBooks.lock(client, own.id())
                        .then(whole(client, terms))
                        .flatMap(book -> draft(client, book, terms.parent(), text, false, by)));
    }

    /// Stores a draft that is made of the version in force. Fails with a 404 where there is none.
    Mono<Shown> importInto(String id, Function<PriceBookSnapshot, PriceBookSnapshot> change, String by) {
        return transaction.in(
                WHY,
                client -> R2dbcPriceBooks.lock(client, id)
                        .then(R2dbcPriceBooks.approved(client, id))
                        .switchIfEmpty(Mono.error(() -> noSuchBook(id)))
                        .map(current -> change.apply(current.content()))
                        .flatMap(book -> draft(client, book, null, null, false, by)));
    }

    /// Takes in the book of the program's file, and answers all books in force. One that changes a price by
    /// more than a fifth waits for approval, as any other does; the first one, and smaller changes, come into
    /// force at once.
    Mono<List<PriceBookSnapshot>> adopt(PriceBookSnapshot file) {
        return transaction.in(
                WHY,
                client -> R2dbcPriceBooks.lock(client, file.id())
                        .then(R2dbcPriceBooks.isLastFile(client, file))
                        .filter(same -> !same)
                        .flatMap(changed -> draft(client, file, null, null, true, null))
                        .filter(PriceBooks::mayBeInForce)
                        .flatMap(shown -> inForce(client, shown.version(), null))
                        .then(R2dbcPriceBooks.allApproved(client)
                                .map(BookVersion::content)
                                .collectList()));
    }

    private static boolean mayBeInForce(Shown shown) {
        if (shown.version().quarantined()) {
            LOG.error(
                    "The price file is quarantined as version {} of {}: {}",
                    shown.version().content().version(),
                    shown.version().content().id(),
                    Quarantine.refusal(shown.comparison()));
        }
        return !shown.version().quarantined();
    }

    Mono<List<BookVersion>> newest() {
        return transaction.in(WHY, client -> R2dbcPriceBooks.newest(client).collectList());
    }

    /// Fails with a 404 where there is no such version.
    Mono<Shown> find(String id, long version) {
        return transaction.in(WHY, client -> found(client, id, version).flatMap(one -> shown(client, one)));
    }

    /// Puts a draft in force and publishes it, with the tenants' books that hang on it. Approving it again only
    /// publishes it again. Fails with a 409 where it is no draft any more, where another came into force since,
    /// or where it is quarantined and `large` is false.
    Mono<Shown> approve(String id, long version, boolean large, String by) {
        return transaction
                .in(
                        WHY,
                        client -> R2dbcPriceBooks.lock(client, id)
                                .then(found(client, id, version))
                                .flatMap(one -> shown(client, one))
                                .flatMap(shown -> approved(client, shown, large, by)))
                .delayUntil(shown -> publishAll());
    }

    /// Fails with a 409 where it is no draft any more.
    Mono<Shown> reject(String id, long version, String by) {
        return transaction.in(
                WHY,
                client -> R2dbcPriceBooks.lock(client, id)
                        .then(found(client, id, version))
                        .doOnNext(PriceBooks::demandDraft)
                        .delayUntil(one -> R2dbcPriceBooks.reject(client, id, version, by))
                        .delayUntil(one -> record(client, "price-book.rejected", one.content()))
                        .then(found(client, id, version))
                        .flatMap(one -> shown(client, one)));
    }

    private Mono<Shown> approved(DatabaseClient client, Shown shown, boolean large, String by) {
        BookVersion one = shown.version();
        if (one.status() == Status.APPROVED) {
            return Mono.just(shown);
        }
        demandDraft(one);
        if (one.quarantined() && !large) {
            throw new PlatformException(ProblemType.CONFLICT, Quarantine.refusal(shown.comparison()));
        }
        return R2dbcPriceBooks.approved(client, one.content().id())
                .map(current -> current.content().version())
                .defaultIfEmpty(0L)
                .doOnNext(current -> demandBase(one, current))
                .then(inForce(client, one, by))
                .then(record(client, "price-book.approved", one.content()))
                .then(found(client, one.content().id(), one.content().version()))
                .map(now -> new Shown(now, shown.comparison()));
    }

    private Mono<Void> inForce(DatabaseClient client, BookVersion one, @Nullable String by) {
        return R2dbcPriceBooks.approve(client, one.content(), by, clock.instant())
                .thenMany(R2dbcPriceBooks.children(client, one.content().id()).collectList())
                .flatMapIterable(children -> children)
                .concatMap(child -> remade(client, child, one.content()))
                .then();
    }

    // The parent's change was approved, and the discounts are what they were: there is nothing more to approve.
    private Mono<Void> remade(DatabaseClient client, Child child, PriceBookSnapshot parent) {
        Terms terms = PriceBookReader.parse(child.id(), child.terms().getBytes(StandardCharsets.UTF_8));
        return R2dbcPriceBooks.lock(client, child.id())
                .then(draft(client, terms.book(parent), terms.parent(), child.terms(), false, null))
                .flatMap(
                        shown -> R2dbcPriceBooks.approve(client, shown.version().content(), null, clock.instant()));
    }

    private static Mono<PriceBookSnapshot> whole(DatabaseClient client, Terms terms) {
        String parent = terms.parent();
        if (parent == null) {
            return Mono.just(terms.own());
        }
        return R2dbcPriceBooks.approved(client, parent)
                .filter(base -> base.content().tenantId() == null)
                .switchIfEmpty(Mono.error(() -> PlatformException.of(
                        ProblemType.UNPROCESSABLE,
                        "parent",
                        "No book of the platform's with this id is in force. Approve one first, or name another.")))
                .map(base -> terms.book(base.content()));
    }

    private Mono<Shown> draft(
            DatabaseClient client,
            PriceBookSnapshot book,
            @Nullable String parent,
            @Nullable String terms,
            boolean fromFile,
            @Nullable String by) {
        return R2dbcPriceBooks.isOthers(client, book)
                .filter(others -> !others)
                .switchIfEmpty(Mono.error(() -> PlatformException.of(
                        ProblemType.UNPROCESSABLE, "id", "The book of this id is another owner's. Take another id.")))
                .then(R2dbcPriceBooks.approved(client, book.id())
                        .map(BookVersion::content)
                        .singleOptional())
                .flatMap(current -> {
                    PriceBookSnapshot before = current.orElse(null);
                    Comparison comparison = Comparison.of(before, book);
                    Long base = before == null ? null : before.version();
                    NewVersion version = new NewVersion(book, parent, terms, base, comparison.isLarge(), fromFile, by);
                    return R2dbcPriceBooks.add(client, version, clock.instant())
                            .delayUntil(number -> by == null
                                    ? Mono.empty()
                                    : record(client, "price-book.imported", book.numbered(number)))
                            .flatMap(number -> found(client, book.id(), number))
                            .map(stored -> new Shown(stored, comparison));
                });
    }

    private static Mono<Shown> shown(DatabaseClient client, BookVersion one) {
        Long base = one.base();
        if (base == null) {
            return Mono.just(new Shown(one, Comparison.of(null, one.content())));
        }
        return found(client, one.content().id(), base)
                .map(before -> new Shown(one, Comparison.of(before.content(), one.content())));
    }

    private static Mono<BookVersion> found(DatabaseClient client, String id, long version) {
        return R2dbcPriceBooks.find(client, id, version).switchIfEmpty(Mono.error(() -> noSuchBook(id)));
    }

    private Mono<Void> record(DatabaseClient client, String action, PriceBookSnapshot book) {
        TenantId owner = Objects.requireNonNullElse(book.tenantId(), TenantId.PLATFORM);
        return audit.record(client, owner, AuditEntry.done(action, "price-book:" + book.id() + "/" + book.version()));
    }

    /// Publishes all that is in force; what readers have already they leave alone.
    Mono<Void> publishAll() {
        return transaction
                .in(
                        WHY,
                        client -> R2dbcPriceBooks.allApproved(client)
                                .map(BookVersion::content)
                                .collectList())
                .flatMap(this::publish);
    }

    /// Completes when the broker has them.
    Mono<Void> publish(List<PriceBookSnapshot> books) {
        return Flux.fromIterable(books)
                .concatMap(book -> publisher.publish(SnapshotTopic.PRICE_BOOKS, book.id(), book.version(), book))
                .then();
    }

    private static void demandDraft(BookVersion one) {
        if (one.status() != Status.DRAFT) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "The version is " + one.status().wireName() + ", so there is nothing to decide. Import it again.");
        }
    }

    private static void demandBase(BookVersion one, long current) {
        long base = one.base() == null ? 0 : one.base();
        if (base != current) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "It was compared with version " + base + ", and " + current
                            + " is in force now. Import it again, and look at what it changes.");
        }
    }

    private static PlatformException noSuchBook(String id) {
        return new PlatformException(
                ProblemType.NOT_FOUND, "There is no such version of price book " + shortened(id) + ".");
    }

    private static String shortened(String id) {
        return id.length() > 60 ? id.substring(0, 60) + "..." : id;
    }
}
