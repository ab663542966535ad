package io.weir.billing.rerating;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;

/// Asks the analytics service, page by page.
final class AnalyticsUsageRows implements UsageRows {

    private static final TenantContext PLATFORM = new TenantContext(TenantId.PLATFORM, "any", Placement.POOL, "any");
    private static final int PAGE = 2_000;
    private static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RowsProperties properties;
    private final PassportIssuer passports;
    private final JsonMapper json;
    private final HttpClient client = HttpClient.create();

    AnalyticsUsageRows(RowsProperties properties, PassportIssuer passports, JsonMapper json) {
        this.properties = properties;
        this.passports = passports;
        this.json = json;
    }

    private record Page(List<UsageRow> attempts, @Nullable String nextCursor) {}

    @Override
    public Flux<UsageRow> between(Instant from, Instant to, @Nullable String only) {
        URI analytics = properties.analytics();
        if (analytics == null) {
            return Flux.error(new PlatformException(
                    ProblemType.CONFLICT, "Where usage is kept is not known here. Set weir.services.analytics."));
        }
        String path = "/api/analytics/attempts?limit=" + PAGE + "&from=" + from + "&to=" + to
                + (only == null ? "" : "&tenantId=" + only);
        return page(analytics, path, "")
                .expand(page -> page.nextCursor() == null ? Mono.empty() : page(analytics, path, page.nextCursor()))
                .concatMapIterable(Page::attempts)
                .onErrorMap(failure -> !(failure instanceof PlatformException), AnalyticsUsageRows::unread);
    }

    private Mono<Page> page(URI analytics, String path, String cursor) {
        String place = cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        return Mono.defer(() -> ask(analytics.resolve(path + place)))
                .timeout(properties.rowsTimeout())
                .retryWhen(Retry.backoff(TRIES, PAUSE))
                .map(body -> json.readValue(body, Page.class));
    }

    private Mono<byte[]> ask(URI page) {
        String passport = passports.mintForService(PLATFORM, Set.of(Scope.PLATFORM_ADMIN));
        return client.headers(headers -> headers.set(Passport.HEADER, passport))
                .get()
                .uri(page)
                .responseSingle((response, body) -> response.status().code() == 200
                        ? body.asByteArray()
                        : Mono.error(new IllegalStateException(
                                "status " + response.status().code())));
    }

    private static PlatformException unread(Throwable failure) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "Usage could not be read to the end, so nothing was priced. Try again in a moment.",
                failure);
    }
}
