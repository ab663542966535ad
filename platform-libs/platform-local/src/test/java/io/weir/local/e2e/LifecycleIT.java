package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What an operator does all day.
@Tag("e2e")
class LifecycleIT {

    @Test
    void upTwiceIsHarmless() {
        JsonNode before = Platform.describe();
        String gateway = Platform.gateway();
        Platform.Finished again = Platform.weir("up", "--random-ports", "--json");
        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(Platform.describe().path("gateway").asString()).isEqualTo(gateway);
        assertThat(pids(Platform.describe())).isEqualTo(pids(before));
    }

    @Test
    void theDescriptionIsForItsOwnerOnlyAndNamesWhatToolsNeed() throws IOException {
        JsonNode description = Platform.describe();
        for (String field : new String[] {
            "gateway", "providerSimulator", "stripeSimulator", "clickhouse", "postgres", "kafka", "redis", "adminKey"
        }) {
            assertThat(description.has(field)).as(field).isTrue();
        }
        assertThat(Http.get(description.path("stripeSimulator").asString() + "/_state?summary=true", null)
                        .status())
                .isEqualTo(200);
        assertThat(description.path("tenants").size()).isEqualTo(3);
        assertThat(description.path("tenants").path(0).path("slug").asString()).isEqualTo("freeco");
        assertThat(description.path("tenants").path(2).path("slug").asString()).isEqualTo("bigfinance");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(Platform.state().resolve("platform.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aKilledServiceComesBack() {
        long pid = Platform.service("billing").path("pid").asLong();
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        Eventually.passes(Duration.ofSeconds(60), () -> {
            JsonNode service = Platform.service("billing");
            assertThat(service.path("pid").asLong()).isNotEqualTo(pid);
            assertThat(Http.get(service.path("url").asString() + "/ready", null).status())
                    .isEqualTo(200);
        });
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(Http.get(Platform.gateway() + "/api/health", null)
                                .status())
                        .isEqualTo(200));
    }

    @Test
    void aStoppedPartIsLeftAloneUntilItIsStarted() {
        try {
            assertThat(Platform.weir("stop", "analytics").exitCode()).isZero();
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(Http.get(Platform.gateway() + "/api/health", null)
                                    .status())
                            .isEqualTo(503));
            assertThat(Platform.chat(Platform.demo("bigfinance"), "Without analytics?")
                            .status())
                    .isEqualTo(200);
        } finally {
            assertThat(Platform.weir("start", "analytics").exitCode()).isZero();
        }
        Eventually.passes(
                Duration.ofSeconds(60),
                () -> assertThat(Http.get(Platform.gateway() + "/api/health", null)
                                .status())
                        .isEqualTo(200));
    }

    @Test
    void withClickHouseAwayCallsGoOnAndReadsSayTryAgain() {
        Platform.Tenant tenant = Platform.provision("unread", "growth", "");
        String summary = Platform.gateway() + "/api/analytics/cost-summary";
        try {
            assertThat(Platform.weir("stop", "clickhouse").exitCode()).isZero();
            assertThat(Platform.chat(tenant, "Counted later?").status()).isEqualTo(200);
            Http.Answer refused = Http.get(summary, tenant.apiKey());
            assertThat(refused.status()).as(refused.shown()).isEqualTo(503);
            assertThat(refused.header("x-should-retry")).isEqualTo("true");
        } finally {
            assertThat(Platform.weir("start", "clickhouse").exitCode()).isZero();
        }
        Eventually.passes(
                Duration.ofSeconds(60),
                () -> assertThat(Http.get(summary, tenant.apiKey()).body()).contains("\"totalRequests\":1,"));
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command :
                new String[] {"up", "down", "status", "logs", "doctor", "reset", "stop", "start", "test"}) {
            Platform.Finished help = Platform.weir(command, "--help");
            assertThat(help.exitCode()).as(help.output()).isZero();
            assertThat(help.output()).contains("Usage: weir " + command);
        }
    }

    private static Set<Long> pids(JsonNode description) {
        Set<Long> pids = new HashSet<>();
        description
                .path("services")
                .forEach(service -> pids.add(service.path("pid").asLong()));
        return pids;
    }
}
