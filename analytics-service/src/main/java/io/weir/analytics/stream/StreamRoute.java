package io.weir.analytics.stream;

import io.weir.problem.PlatformException;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// `/ws/costs` and `GET /api/analytics/costs/stream`. The tenant is the passport's and nothing else.
final class StreamRoute {

    private static final RouteAccess READERS = RouteAccess.anyOf(Scope.ANALYTICS);
    private static final String RESUME = "resume_from";
    private static final String LAST_EVENT = "Last-Event-ID";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final CostStream stream;

    StreamRoute(CostStream stream) {
        this.stream = stream;
    }

    RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/ws/costs", READERS, this::socket)
                .GET("/api/analytics/costs/stream", READERS, this::events)
                .build();
    }

    // Without an upgrade it says whether a socket would be opened: who stands in between cannot pass on a refusal once
    // it has upgraded itself.
    private Mono<ServerResponse> socket(ServerRequest request) {
        Passport passport = Access.passport(request);
        TenantContext tenant = passport.tenant();
        OptionalLong from = resumeFrom(request);
        return "websocket".equalsIgnoreCase(request.headers().asHttpHeaders().getUpgrade())
                ? stream.open(tenant, Audience.of(passport), from, RESUME).map(SocketAnswer::new)
                : stream.check(tenant, from, RESUME)
                        .then(ServerResponse.status(HttpStatus.UPGRADE_REQUIRED)
                                .header("upgrade", "websocket")
                                .build());
    }

    private Mono<ServerResponse> events(ServerRequest request) {
        Passport passport = Access.passport(request);
        List<String> last = request.headers().header(LAST_EVENT);
        // A reader that reconnects sends its first URL again: the header is the newer one.
        boolean byHeader = !last.isEmpty();
        OptionalLong from = byHeader ? number(LAST_EVENT, last) : resumeFrom(request);
        return stream.open(passport.tenant(), Audience.of(passport), from, byHeader ? LAST_EVENT : RESUME)
                .flatMap(outbox -> ServerResponse.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        .header("x-accel-buffering", "no")
                        .body((response, context) -> response.writeAndFlushWith(events(request, outbox))));
    }

    private static Flux<Mono<DataBuffer>> events(ServerRequest request, Outbox outbox) {
        SlowReader.giveUpOn(request.exchange(), outbox);
        return outbox.frames().map(frame -> Mono.just(event(frame)));
    }

    private static DataBuffer event(Frame frame) {
        String text = "id: " + frame.seq() + "\ndata: " + FrameJson.write(frame) + "\n\n";
        return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static OptionalLong resumeFrom(ServerRequest request) {
        List<String> values = request.queryParams().getOrDefault(RESUME, List.of());
        return values.isEmpty() ? OptionalLong.empty() : number(RESUME, values);
    }

    private static OptionalLong number(String name, List<String> values) {
        String only = values.size() == 1 ? values.getFirst() : null;
        if (only == null || !NUMBER.matcher(only).matches()) {
            throw PlatformException.invalid(
                    name, name + " must be the last seq that you received, a whole number, given once.");
        }
        return OptionalLong.of(Long.parseLong(only));
    }
}
