package io.weir.billing.invoice;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/api/billing/invoices`: operators make invoices and read all, tenants read their own.
final class InvoiceRoutes {

    private static final RouteAccess READERS = RouteAccess.anyOf(Scope.BILLING);
    private static final String PATH = "/api/billing/invoices";
    private static final int DEFAULT_LIMIT = 20;
    private static final int LARGEST_LIMIT = 100;

    private final InvoiceMaking making;
    private final R2dbcInvoices invoices;
    private final InvoicePage page;
    private final JsonMapper json;

    InvoiceRoutes(InvoiceMaking making, R2dbcInvoices invoices, InvoicePage page, JsonMapper json) {
        this.making = making;
        this.invoices = invoices;
        this.page = page;
        this.json = json;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.platform(), this::make)
                .GET(PATH, READERS, this::list)
                .GET(PATH + "/{id}", READERS, this::find)
                .build();
    }

    /// @param nextCursor null on the last page
    private record Page(List<ObjectNode> invoices, @Nullable String nextCursor) {}

    private Mono<ServerResponse> make(ServerRequest request) {
        Representation form = Representation.wanted(request);
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(body -> InvoiceOrder.read(json, body))
                .flatMap(making::make)
                .flatMap(made -> switch (made) {
                    case InvoiceMaking.Made.Fresh(Invoice invoice) -> shown(HttpStatus.CREATED, invoice.id(), form);
                    case InvoiceMaking.Made.Unchanged(Invoice invoice) -> shown(HttpStatus.OK, invoice.id(), form);
                });
    }

    private Mono<ServerResponse> shown(HttpStatus status, UUID id, Representation form) {
        return invoices.find(id).flatMap(view -> shown(status, view, form));
    }

    private Mono<ServerResponse> shown(HttpStatus status, InvoiceView view, Representation form) {
        return switch (form) {
            case JSON -> answer(status, view.json(json));
            case PAGE ->
                ServerResponse.status(status)
                        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                        .header("Vary", HttpHeaders.ACCEPT)
                        .header("Content-Security-Policy", InvoicePage.CONTENT_SECURITY_POLICY)
                        .header("X-Content-Type-Options", "nosniff")
                        .header("Referrer-Policy", "no-referrer")
                        .cacheControl(CacheControl.noStore())
                        .bodyValue(view.html(page));
        };
    }

    private Mono<ServerResponse> find(ServerRequest request) {
        Passport passport = Access.passport(request);
        Representation form = Representation.wanted(request);
        UUID id = id(request.pathVariable("id"));
        Mono<InvoiceView> found = passport.allows(Scope.PLATFORM_ADMIN)
                ? invoices.find(id)
                : invoices.findOwn(passport.tenant().id(), id).map(InvoiceView::withoutReason);
        return found.switchIfEmpty(Mono.error(() -> notFound())).flatMap(view -> shown(HttpStatus.OK, view, form));
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        Passport passport = Access.passport(request);
        Representation.demandJson(request);
        int limit = limit(request);
        InvoiceCursor after =
                request.queryParam("cursor").map(InvoiceCursor::read).orElse(InvoiceCursor.START);
        return listed(request, passport, after, limit + 1).flatMap(found -> answer(HttpStatus.OK, page(found, limit)));
    }

    private Mono<List<InvoiceView>> listed(ServerRequest request, Passport passport, InvoiceCursor after, int limit) {
        Optional<TenantId> named = request.queryParam("tenantId").map(InvoiceOrder::tenantId);
        if (passport.allows(Scope.PLATFORM_ADMIN)) {
            return named.map(one -> invoices.listOf(one, after, limit)).orElseGet(() -> invoices.list(after, limit));
        }
        TenantId own = passport.tenant().id();
        named.ifPresent(one -> Access.demandOwn(request, one));
        return invoices.listOwn(own, after, limit)
                .map(views -> views.stream().map(InvoiceView::withoutReason).toList());
    }

    private Page page(List<InvoiceView> found, int limit) {
        List<InvoiceView> shown =
                found.stream().limit(limit).map(InvoiceView::abridged).toList();
        return new Page(
                shown.stream().map(view -> view.json(json)).toList(),
                found.size() > limit
                        ? InvoiceCursor.after(shown.getLast().invoice()).text()
                        : null);
    }

    private static int limit(ServerRequest request) {
        String text = request.queryParam("limit").orElse("" + DEFAULT_LIMIT);
        if (text.matches("[0-9]{1,3}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= LARGEST_LIMIT) {
                return limit;
            }
        }
        throw PlatformException.invalid("limit", "limit must be a whole number from 1 to " + LARGEST_LIMIT + ".");
    }

    private static UUID id(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException notAnId) {
            // No such invoice can exist.
        }
        throw notFound();
    }

    private static PlatformException notFound() {
        return new PlatformException(
                ProblemType.NOT_FOUND, "There is no such invoice. List them with GET " + PATH + ".");
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object body) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .header("Vary", HttpHeaders.ACCEPT)
                .bodyValue(body);
    }
}
