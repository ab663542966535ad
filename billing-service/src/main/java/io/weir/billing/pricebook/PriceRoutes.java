package io.weir.billing.pricebook;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.TenantId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// `GET /api/billing/prices`: the book that routing chooses by and calls are billed at, as it was published.
final class PriceRoutes {

    private static final String PATH = "/api/billing/prices";
    private static final int TAG_BYTES = 8;

    private final SnapshotTable<PriceBookSnapshot> books;
    private final JsonMapper json;
    private final InstantSource clock;

    PriceRoutes(SnapshotTable<PriceBookSnapshot> books, JsonMapper json, InstantSource clock) {
        this.books = books;
        this.json = json;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PATH, RouteAccess.anyOf(Scope.BILLING, Scope.INFERENCE), this::prices)
                .build();
    }

    private Mono<ServerResponse> prices(ServerRequest request) {
        PriceBookSnapshot book = book(Access.passport(request).tenant().id());
        PricesShown shown = PricesShown.of(book, PriceQuery.read(request, book), clock.instant());
        byte[] body = json.writeValueAsBytes(shown);
        String tag = tag(book.version(), body);
        return request.checkNotModified(tag)
                .switchIfEmpty(Mono.defer(() -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noCache().cachePrivate())
                        .eTag(tag)
                        .bodyValue(body)));
    }

    // The tenant's own, else the platform's: of several, the first by id prices what it knows, for calls as
    // well.
    private PriceBookSnapshot book(TenantId caller) {
        return books.all().stream()
                .filter(book -> book.tenantId() == null || book.tenantId().equals(caller))
                .min(Comparator.comparing((PriceBookSnapshot book) -> book.tenantId() == null)
                        .thenComparing(PriceBookSnapshot::id))
                .orElseThrow(() -> new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "The price book is not published yet. Try again in a moment."));
    }

    // Prices end and begin without a new version, and filters show parts of one: the version alone does not say
    // it.
    private static String tag(long version, byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return "\"" + version + "-" + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
