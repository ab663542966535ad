package io.weir.tenant.quota;

import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.tenancy.TenantContext;
import java.net.URI;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the analytics service what a tenant uses. Fails open: what it does not answer in time is not known, and a quota
/// that is not known refuses nothing here.
@Component
final class MeteredUse {

    private static final Logger LOG = LoggerFactory.getLogger(MeteredUse.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final AnalyticsProperties properties;
    private final PassportIssuer passports;
    private final HttpClient client = HttpClient.create();

    MeteredUse(AnalyticsProperties properties, PassportIssuer passports) {
        this.properties = properties;
        this.passports = passports;
    }

    /// Requests and tokens alone are known in the answer. Never fails.
    Mono<Used> of(TenantContext tenant) {
        URI analytics = properties.analytics();
        if (analytics == null) {
            return Mono.just(Used.UNKNOWN);
        }
        return Mono.defer(() -> ask(analytics, tenant))
                .timeout(properties.analyticsTimeout())
                .onErrorResume(failed -> {
                    LOG.debug("What tenant {} uses is not known now", tenant.id(), failed);
                    return Mono.just(Used.UNKNOWN);
                });
    }

    private Mono<Used> ask(URI analytics, TenantContext tenant) {
        String passport = passports.mintForService(tenant, Set.of(Scope.ANALYTICS));
        return client.headers(headers -> headers.set(Passport.HEADER, passport))
                .get()
                .uri(analytics.resolve("/api/v1/tenants/" + tenant.id() + "/usage"))
                .responseSingle((response, body) -> response.status().code() == 200
                        ? body.asByteArray()
                        : Mono.error(new IllegalStateException(
                                "status " + response.status().code())))
                .map(MeteredUse::read);
    }

    private static Used read(byte[] body) {
        JsonNode usage = JSON.readTree(body);
        return new Used(
                null,
                null,
                usage.required("requests_this_hour").longValue(),
                usage.required("tokens_this_month").longValue());
    }
}
