package io.weir.analytics.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.weir.analytics.neighbour.detection.Finding;
import io.weir.analytics.neighbour.detection.Finding.Victim;
import io.weir.analytics.neighbour.detection.SharedResource;
import io.weir.analytics.neighbour.detection.Use;
import io.weir.analytics.neighbour.detection.Use.Latest;
import io.weir.analytics.neighbour.detection.Use.Usual;
import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Ladder;
import io.weir.analytics.neighbour.ladder.Patience;
import io.weir.analytics.neighbour.ladder.Watched;
import io.weir.money.Amount;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.TenantId;
import io.weir.testing.GoldenSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WireFormTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TenantId NOISY = new TenantId(new UUID(1, 1));

    @Test
    void everyStepIsToldAsItsContractsHaveIt() throws IOException {
        for (Case step : steps()) {
            assertThat(faults("analytics/neighbour-alert.v1", SnapshotJson.write(Alert.of(step))))
                    .isEmpty();
            assertThat(faults("analytics/tenant-restrictions.v1", SnapshotJson.write(step.restriction())))
                    .isEmpty();
        }
    }

    @Test
    void anAlertHasTheFieldsOfTheRecordedOne() throws IOException {
        JsonNode recorded = JSON.readTree(
                GoldenSamples.of("analytics/neighbour-alert.v1").getFirst().json());
        JsonNode written = JSON.readTree(SnapshotJson.write(Alert.of(steps().getLast())));
        assertThat(written.propertyNames()).containsExactlyInAnyOrderElementsOf(recorded.propertyNames());
        assertThat(written.path("data").propertyNames())
                .containsExactlyInAnyOrderElementsOf(recorded.path("data").propertyNames());
        assertThat(written.path("data").path("step").asString()).isEqualTo("page");
    }

    // From the first step to the page.
    private static List<Case> steps() {
        Ladder ladder = new Ladder(
                new Patience(true, Duration.ofSeconds(60), Duration.ofSeconds(10), 1, 1, Duration.ofMinutes(5)));
        List<Case> steps = new ArrayList<>();
        Instant now = Instant.parse("2026-11-23T08:00:00.123Z");
        Watched watched = Watched.of(Case.blank(NOISY));
        for (int n = 0; n < 4; n++) {
            now = now.plusSeconds(61);
            watched = ladder.after(watched, finding(), now);
            steps.add(watched.last());
        }
        return steps;
    }

    private static Finding finding() {
        Use victim = new Use(
                SharedResource.PLATFORM,
                new TenantId(new UUID(2, 2)),
                1,
                100,
                20,
                2,
                900,
                new Usual(300, 0, 100, 10, Amount.of("100")),
                new Latest(4, 2, Amount.of("0.1")));
        return new Finding(NOISY, victim.resource(), 8.5, List.of(new Victim(victim, true, true)));
    }

    private static List<?> faults(String contract, byte[] json) throws IOException {
        try (InputStream schema = Objects.requireNonNull(
                WireFormTests.class.getResourceAsStream("/contracts/" + contract + "/schema.json"))) {
            String text = new String(schema.readAllBytes(), StandardCharsets.UTF_8);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text)
                    .validate(JSON.readTree(json));
        }
    }
}
