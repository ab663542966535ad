package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Money on a socket, through the gateway.
@Tag("e2e")
class CostStreamIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CALLS = 20;

    @Test
    void readersComeThroughARestartOfTheGatewayWithoutAFrameLostDoubledOrForeign() throws Exception {
        Platform.Tenant watched = Platform.provision("watched", "growth", "");
        Platform.Tenant other = Platform.provision("beside", "growth", "");
        call(watched, 3);
        CostReader first = new CostReader(watched).connect();
        CostReader second = new CostReader(watched).connect();
        CostReader foreign = new CostReader(other).connect();
        call(watched, CALLS);
        call(other, 2);
        Eventually.passes(LIMIT, () -> {
            assertThat(first.seq()).isEqualTo(3 + CALLS);
            assertThat(second.seq()).isEqualTo(3 + CALLS);
            assertThat(foreign.seq()).isEqualTo(2);
        });

        assertThat(Platform.weir("stop", "gateway").exitCode()).isZero();
        Eventually.passes(LIMIT, () -> {
            for (CostReader reader : List.of(first, second, foreign)) {
                assertThat(reader.closeCode()).isNotZero();
            }
        });
        assertThat(Platform.weir("start", "gateway").exitCode()).isZero();
        Eventually.passes(
                LIMIT,
                () -> assertThat(Http.get(Platform.gateway() + "/v1/models", watched.apiKey())
                                .status())
                        .isEqualTo(200));
        // One is back before more happens, one after it: what it missed is told again.
        first.connect();
        call(watched, CALLS);
        second.connect();
        foreign.connect();
        call(other, 1);
        Eventually.passes(LIMIT, () -> {
            assertThat(first.seq()).isEqualTo(3 + 2 * CALLS);
            assertThat(second.seq()).isEqualTo(3 + 2 * CALLS);
            assertThat(foreign.seq()).isEqualTo(3);
        });
        assertAgrees(watched, first);
        assertAgrees(watched, second);
        assertAgrees(other, foreign);
        first.leave();
        second.leave();
        foreign.leave();
    }

    @Test
    void aRevokedKeysSocketEndsWithinASecond() throws Exception {
        Platform.Tenant tenant = Platform.provision("revoked-socket", "growth", "");
        CostReader reader = new CostReader(tenant).connect();
        Eventually.passes(LIMIT, () -> assertThat(reader.frames()).isPositive());
        String keyId = tenant.apiKey().substring("weir_live_".length(), "weir_live_".length() + 12);
        long asked = System.nanoTime();
        Http.Answer revoked = Http.method(
                "DELETE",
                Platform.gateway() + "/api/tenants/" + tenant.id() + "/keys/" + keyId,
                Platform.adminKey(),
                "");
        long answered = System.nanoTime();
        assertThat(revoked.status()).as(revoked.shown()).isEqualTo(204);
        Eventually.passes(LIMIT, () -> assertThat(reader.closeCode()).isEqualTo(4001));
        System.out.println("revoked in " + TimeUnit.NANOSECONDS.toMillis(answered - asked) + " ms, socket ended "
                + TimeUnit.NANOSECONDS.toMillis(reader.closedAt() - asked) + " ms after the call");
        assertThat(reader.closedAt() - answered)
                .isLessThan(Duration.ofSeconds(1).toNanos());
    }

    private static void call(Platform.Tenant tenant, int calls) {
        for (int i = 0; i < calls; i++) {
            Http.Answer answer = Platform.chat(tenant, "Line " + i);
            assertThat(answer.status()).as(answer.shown()).isEqualTo(200);
        }
    }

    private static void assertAgrees(Platform.Tenant tenant, CostReader reader) {
        assertThat(reader.fault()).isEmpty();
        Eventually.passes(LIMIT, () -> {
            JsonNode row = Platform.clickhouse("SELECT count(), toString(sum(cost)) FROM usage_requests FINAL"
                            + " WHERE tenant_id = '" + tenant.id() + "'")
                    .path(0);
            assertThat(row.path(0).asLong()).isEqualTo(reader.requests());
            assertThat(new BigDecimal(row.path(1).asString())).isEqualByComparingTo(reader.cost());
        });
    }
}
