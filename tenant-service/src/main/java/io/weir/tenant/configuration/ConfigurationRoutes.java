package io.weir.tenant.configuration;

import io.weir.problem.PlatformException;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.CallerAddress;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.Flag;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Limit;
import io.weir.tenant.request.Violations;
import io.weir.tenant.settings.SettingsPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `/api/tenants/{id}/config` with its history and its way back. The entity tag is the configuration's version.
@Configuration(proxyBeanMethods = false)
class ConfigurationRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
    private static final int PAGE = 50;
    private static final int LONGEST_PAGE = 200;
    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");

    private final TenantDirectory directory;
    private final TenantConfiguration configuration;
    private final History history;

    ConfigurationRoutes(TenantDirectory directory, TenantConfiguration configuration, History history) {
        this.directory = directory;
        this.configuration = configuration;
        this.history = history;
    }

    @Bean
    RouterFunction<ServerResponse> configurationRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants/{id}/config", ADMIN, this::show)
                .PATCH("/api/tenants/{id}/config", ADMIN, this::change)
                .GET("/api/tenants/{id}/config/history", ADMIN, this::history)
                .POST("/api/tenants/{id}/config/rollback", ADMIN, this::rollBack)
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        boolean explain = Flag.of(request, "explain");
        return directory.acting(
                request,
                id -> configuration
                        .of(id, request.queryParam("keyId"))
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
                        .doOnNext(patch -> refuseShuttingOut(request, id, patch.body()))
                        .flatMap(patch -> configuration.change(id, patch, expected, Access.passport(request)))
                        .doOnError(PlatformException.class, problem -> tellVersion(request, problem))
                        .flatMap(changed -> answer(changed.cascade().effective(), changed.version())));
    }

    private Mono<ServerResponse> rollBack(ServerRequest request) {
        OptionalLong expected = expectedVersion(request);
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(ConfigurationRoutes::version)
                        .delayUntil(version -> history.version(id, version)
                                .doOnNext(former -> refuseShuttingOut(request, id, former.settings())))
                        .flatMap(version -> configuration.rollBack(id, version, expected, Access.passport(request)))
                        .doOnError(PlatformException.class, problem -> tellVersion(request, problem))
                        .flatMap(changed -> answer(changed.cascade().effective(), changed.version())));
    }

    private Mono<ServerResponse> history(ServerRequest request) {
        int limit = Limit.of(request, PAGE, LONGEST_PAGE);
        long before =
                request.queryParam("cursor").map(ConfigurationRoutes::cursor).orElse(Long.MAX_VALUE);
        return directory.acting(
                request,
                id -> history.page(id, before, limit + 1)
                        .map(found -> page(found, limit))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private static Page page(List<History.Version> found, int limit) {
        List<History.Version> shown = found.stream().limit(limit).toList();
        return new Page(
                shown, found.size() > limit ? String.valueOf(shown.getLast().version()) : null);
    }

    /// @param nextCursor null on the last page
    record Page(List<History.Version> versions, @Nullable String nextCursor) {}

    private static long version(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("version"));
        if (!body.hasNonNull("version")) {
            violations.add("version", "is missing");
        }
        int version = fields.optionalWhole("version", 1, Integer.MAX_VALUE - 1).orElse(0);
        violations.refuseIfAny();
        return version;
    }

    private static long cursor(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw PlatformException.invalid(
                    "cursor", "The cursor is not one that this service gave. Start without one.");
        }
        return Long.parseLong(text);
    }

    // Of the own tenant, only: an operator comes from elsewhere anyway.
    private static void refuseShuttingOut(ServerRequest request, TenantId tenant, ObjectNode wanted) {
        if (Access.passport(request).tenant().id().equals(tenant)) {
            List<String> ranges = new ArrayList<>();
            wanted.path("ipAllowList").forEach(range -> ranges.add(range.stringValue()));
            CallerAddress.refuseShuttingOut(request, "ipAllowList", ranges);
        }
    }

    // A lost optimistic lock tells in the header, too, what a repetition must name.
    private static void tellVersion(ServerRequest request, PlatformException problem) {
        Object current = problem.members().get(TenantConfiguration.CURRENT_VERSION);
        if (current != null) {
            request.exchange().getResponse().getHeaders().setETag("\"" + current + "\"");
        }
    }

    private static Mono<ServerResponse> answer(ObjectNode body, long version) {
        return ServerResponse.ok().eTag("\"" + version + "\"").bodyValue(body);
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
