package io.weir.security.webflux;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.PassportRefusedException;
import io.weir.security.PassportVerifier;
import io.weir.tenancy.TenantScope;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Lets a request in only with a passport that holds, and enters its tenant into the Reactor context.
/// The only ways past it are the health paths, which say nothing about tenants, and the service's [OpenRoute]s.
public final class PassportWebFilter implements WebFilter, Ordered {

    /// The exchange attribute under which routes find the verified passport.
    public static final String PASSPORT = "io.weir.passport";

    private static final Logger LOG = LoggerFactory.getLogger(PassportWebFilter.class);
    private static final Set<String> OPEN = Set.of("/health", "/ready", "/health/checks");

    private final PassportVerifier verifier;
    private final Set<OpenRoute> openRoutes;

    public PassportWebFilter(PassportVerifier verifier) {
        this(verifier, Set.of());
    }

    /// @param openRoutes whose callers prove themselves otherwise
    public PassportWebFilter(PassportVerifier verifier, Set<OpenRoute> openRoutes) {
        this.verifier = verifier;
        this.openRoutes = Set.copyOf(openRoutes);
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 100;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (isOpen(exchange.getRequest())) {
            return chain.filter(exchange);
        }
        String token = exchange.getRequest().getHeaders().getFirst(Passport.HEADER);
        if (token == null) {
            return Mono.error(refusal());
        }
        try {
            Passport passport = verifier.verify(token);
            exchange.getAttributes().put(PASSPORT, passport);
            return chain.filter(exchange)
                    .contextWrite(TenantScope.entering(passport.tenant()))
                    .contextWrite(context -> context.put(Passport.class, passport));
        } catch (PassportRefusedException refused) {
            LOG.warn("{} on {}", refused.getMessage(), exchange.getRequest().getPath());
            return Mono.error(refusal());
        }
    }

    private boolean isOpen(ServerHttpRequest request) {
        String path = request.getPath().value();
        if (OPEN.contains(path)) {
            return true;
        }
        for (OpenRoute route : openRoutes) {
            if (route.isFor(request.getMethod(), path)) {
                return true;
            }
        }
        return false;
    }

    private static PlatformException refusal() {
        return new PlatformException(
                ProblemType.PASSPORT_REFUSED,
                "This service takes calls from the gateway only. Call the gateway with an API key.");
    }
}
