package io.weir.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteClassTests {

    @ParameterizedTest
    @CsvSource({
        "/v1, INFERENCE",
        "/v1/chat/completions, INFERENCE",
        "/v1/embeddings, INFERENCE",
        "/v1x, UNKNOWN",
        "/v10/models, UNKNOWN",
        "/api/orchestration/estimate, ORCHESTRATION",
        "/api/tenants, TENANTS",
        "/api/tenants/provision, TENANTS",
        "/api/plans, TENANTS",
        "/api/plansx, UNKNOWN",
        "/api/billing/invoices, BILLING",
        "/api/billing/webhooks/stripe, STRIPE_WEBHOOK",
        "/api/billing/webhooks/stripe/more, BILLING",
        "/api/billing/webhooks/Stripe, BILLING",
        "/api/billing/webhooks/%73tripe, BILLING",
        "/api/billing/webhooks, BILLING",
        "/api/analytics/cost-summary, ANALYTICS",
        "/api/events, EXTERNAL_COSTS",
        "/api/eventsx, UNKNOWN",
        "/api/events/x, UNKNOWN",
        "/api/v1/tenants/42/usage, ANALYTICS",
        "/api/v1/tenants//usage, UNKNOWN",
        "/api/v1/tenants/usage, UNKNOWN",
        "/api/v1/tenants/42/keys/usage, UNKNOWN",
        "/api/v1/tenants/42/usage/more, UNKNOWN",
        "/api/health, HEALTH",
        "/api/v1/health, HEALTH",
        "/api/health/more, UNKNOWN",
        "/health/checks, UNKNOWN",
        "/metrics, UNKNOWN",
        "/, UNKNOWN",
    })
    void aPathHasOneKind(String path, RouteClass expected) {
        assertThat(RouteClass.of(path)).isEqualTo(expected);
    }

    @Test
    void requestIdsAreOrderedByTimeAndOfVersionSeven() {
        Random random = new Random(7);
        String earlier = RequestIds.next(1_795_382_000_000L, random);
        String later = RequestIds.next(1_795_382_000_001L, random);
        assertThat(earlier).isLessThan(later);
        assertThat(UUID.fromString(earlier).version()).isEqualTo(7);
        assertThat(UUID.fromString(earlier).variant()).isEqualTo(2);
        assertThat(RequestIds.next(1_795_382_000_000L, random)).isNotEqualTo(earlier);
    }
}
