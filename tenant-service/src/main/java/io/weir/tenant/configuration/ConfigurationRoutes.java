package io.weir.tenant.configuration;

import io.weir.problem.PlatformException;
import io.weir.security.Passport;
import io.weir.security.webflux.PassportWebFilter;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.settings.SettingsPatch;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `GET` and `PATCH /api/tenants/{id}/config`. The entity tag is the configuration's version.
@Configuration(proxyBeanMethods = false)
class ConfigurationRoutes {

    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");

    private final TenantDirectory directory;
    private final TenantConfiguration configuration;

    ConfigurationRoutes(TenantDirectory directory, TenantConfiguration configuration) {
        this.directory = directory;
        this.configuration = configuration;
    }

    @Bean
    RouterFunction<ServerResponse> configurationRouter() {
        return RouterFunctions.route()
                .GET("/api/tenants/{id}/config", this::show)
                .PATCH("/api/tenants/{id}/config", this::change)
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        boolean explain =
                request.queryParam("explain").map(ConfigurationRoutes::flag).orElse(false);
        return directory.acting(
                request,
                id -> configuration
                        .of(id)
                        .flatMap(found -> answer(
                                explain
                                        ? found.cascade().explained()
                                        : found.cascade().effective(),
                                found.version())));
    }

    private Mono<ServerResponse> change(ServerRequest request) {
        OptionalLong expected = expectedVersion(request);
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(SettingsPatch::new)
                        .flatMap(patch -> configuration.change(id, patch, expected, passport(request)))
                        .flatMap(changed -> answer(changed.cascade().effective(), changed.version())));
    }

    private static Mono<ServerResponse> answer(ObjectNode body, long version) {
        return ServerResponse.ok().eTag("\"" + version + "\"").bodyValue(body);
    }

    private static Passport passport(ServerRequest request) {
        return (Passport) request.attribute(PassportWebFilter.PASSPORT).orElseThrow();
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw PlatformException.invalid("explain", "explain must be true or false.");
        };
    }

    /// Empty where any version may be changed.
    private static OptionalLong expectedVersion(ServerRequest request) {
        String header = request.headers().firstHeader(HttpHeaders.IF_MATCH);
        if (header == null || header.strip().equals("*")) {
            return OptionalLong.empty();
        }
        Matcher tag = TAG.matcher(header.strip());
        if (!tag.matches()) {
            throw PlatformException.invalid(
                    "If-Match", "If-Match must be the ETag of a configuration that was read, for example \"3\".");
        }
        return OptionalLong.of(Long.parseLong(tag.group(1)));
    }
}
