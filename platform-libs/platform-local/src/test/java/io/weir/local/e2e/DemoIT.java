package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The demo adds up on a platform that other tests use.
@Tag("e2e")
class DemoIT {

    @ParameterizedTest
    @ValueSource(longs = {7, 1848})
    void theDemoEndsWithDifferenceZero(long seed) {
        Platform.Finished demo = Platform.weir("demo", "--seed", Long.toString(seed), "--json");
        assertThat(demo.exitCode()).as(demo.output()).isZero();
        String last =
                demo.output().strip().lines().reduce((before, line) -> line).orElse("");
        JsonNode result = Http.JSON.readTree(last);
        assertThat(result.path("seed").asLong()).isEqualTo(seed);
        assertThat(result.path("requests").asLong()).as(demo.output()).isEqualTo(30);
        assertThat(result.path("tokens").asLong()).isGreaterThan(1_000);
        assertThat(result.path("invoices").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(result.path("difference").isNumber()).isTrue();
        assertThat(result.path("difference").decimalValue()).as(demo.output()).isZero();
        System.out.println(last);
    }
}
