package io.weir.billing.pricebook;

import io.weir.billing.pricebook.PriceBooks.Shown;
import io.weir.billing.pricebook.catalogue.Listing;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/api/billing/price-books`: operators take prices in, see what they change, and approve or reject them.
final class PriceBookRoutes {

    private static final String PATH = "/api/billing/price-books";
    private static final String VERSION = PATH + "/{id}/versions/{version}";

    // A catalogue of all the world's models has two megabytes.
    private static final int LARGEST = 8 * 1024 * 1024;

    private final PriceBooks books;
    private final JsonMapper json;
    private final InstantSource clock;

    PriceBookRoutes(PriceBooks books, JsonMapper json, InstantSource clock) {
        this.books = books;
        this.json = json;
        this.clock = clock;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PATH, RouteAccess.platform(), this::list)
                .POST(PATH, RouteAccess.platform(), this::take)
                .GET(VERSION, RouteAccess.platform(), this::find)
                .POST(VERSION + "/approve", RouteAccess.platform(), this::approve)
                .POST(VERSION + "/reject", RouteAccess.platform(), this::reject)
                .build();
    }

    private record Versions(List<VersionView> versions) {}

    private Mono<ServerResponse> list(ServerRequest request) {
        return books.newest()
                .flatMap(found -> answer(
                        HttpStatus.OK,
                        new Versions(found.stream().map(VersionView::of).toList())));
    }

    private Mono<ServerResponse> take(ServerRequest request) {
        ImportOrder order = ImportOrder.read(request, clock.instant());
        String by = Access.passport(request).subject();
        return body(request)
                .publishOn(Schedulers.boundedElastic())
                .flatMap(file -> taken(order, file, by))
                .onErrorMap(InvalidPriceBookException.class, PriceBookRoutes::invalid)
                .flatMap(taken -> answer(HttpStatus.CREATED, taken));
    }

    private Mono<VersionView> taken(ImportOrder order, byte[] file, String by) {
        return switch (order) {
            case ImportOrder.OfTerms terms ->
                books.importTerms(file, by).map(shown -> VersionView.of(shown, List.of()));
            case ImportOrder.OfCatalogue of -> {
                Listing listing = listing(of, file);
                Set<String> missing = of.missing(listing);
                if (!missing.isEmpty()) {
                    throw PlatformException.of(
                            ProblemType.UNPROCESSABLE, "models", "The catalogue has no prices of " + missing + ".");
                }
                yield books.importInto(of.book(), of.change(listing), by)
                        .map(shown -> VersionView.of(shown, of.passedOver(listing, shown)));
            }
        };
    }

    private static Listing listing(ImportOrder.OfCatalogue order, byte[] file) {
        try {
            return order.catalogue().read(file);
        } catch (IllegalArgumentException unreadable) {
            throw PlatformException.invalid(
                    "body", "The body is not that catalogue: " + unreadable.getMessage() + ". Check format.");
        }
    }

    private Mono<ServerResponse> find(ServerRequest request) {
        return books.find(request.pathVariable("id"), version(request)).flatMap(PriceBookRoutes::shown);
    }

    private Mono<ServerResponse> approve(ServerRequest request) {
        String by = Access.passport(request).subject();
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(this::acceptsLargeChanges)
                .flatMap(large -> books.approve(request.pathVariable("id"), version(request), large, by))
                .flatMap(PriceBookRoutes::shown);
    }

    private Mono<ServerResponse> reject(ServerRequest request) {
        String by = Access.passport(request).subject();
        return books.reject(request.pathVariable("id"), version(request), by).flatMap(PriceBookRoutes::shown);
    }

    private boolean acceptsLargeChanges(byte[] body) {
        if (body.length == 0) {
            return false;
        }
        try {
            JsonNode accepts = json.readTree(body).path("acceptLargeChanges");
            if (accepts.isBoolean() || accepts.isMissingNode()) {
                return accepts.asBoolean(false);
            }
        } catch (JacksonException malformed) {
            // Told below.
        }
        throw PlatformException.invalid(
                "acceptLargeChanges", "acceptLargeChanges is not true or false. Send {\"acceptLargeChanges\": true}.");
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), LARGEST)
                .onErrorMap(
                        DataBufferLimitException.class,
                        tooLarge -> new PlatformException(
                                ProblemType.REQUEST_TOO_LARGE, "A price file may have 8 MiB. Send fewer models."))
                .map(PriceBookRoutes::bytes)
                .switchIfEmpty(
                        Mono.error(() -> PlatformException.invalid("body", "The body is empty. Send a price file.")));
    }

    private static byte[] bytes(DataBuffer buffer) {
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return bytes;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    private static long version(ServerRequest request) {
        String text = request.pathVariable("version");
        if (text.matches("[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        throw PlatformException.invalid("version", "version must be a whole number, such as 3.");
    }

    private static PlatformException invalid(InvalidPriceBookException refused) {
        return PlatformException.of(
                ProblemType.UNPROCESSABLE,
                "body",
                "The price book cannot be used: " + String.join("; ", refused.faults()) + ".");
    }

    private static Mono<ServerResponse> shown(Shown shown) {
        return answer(HttpStatus.OK, VersionView.of(shown, List.of()));
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object body) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }
}
