package io.weir.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.weir.money.Amount;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What billing writes is what the contracts say, and what the contracts' samples say is what billing understands.
class ContractTests {

    @Test
    void aBudgetIsAsItsContractSays() throws IOException {
        TenantId tenant = Snapshots.newTenant();
        assertFits(
                "billing/budgets.v1",
                new BudgetSnapshot(
                        BudgetSnapshot.tenantBudgetId(tenant),
                        tenant,
                        Amount.of("0.45"),
                        Window.MONTH,
                        "Asia/Tokyo",
                        3,
                        9));
    }

    @Test
    void thePublishedPriceBookAndASealedHourAreAsTheirContractsSay(@TempDir Path directory)
            throws IOException, SQLException {
        try (Billing billing = Billing.start(directory)) {
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(billing.priceBooks().find("list")).isPresent());
            assertFits(
                    "billing/price-books.v1", billing.priceBooks().find("list").orElseThrow());
            for (String sample : List.of("closed", "sealed-early-and-empty")) {
                SealedHour hour = SnapshotJson.read(
                        bytes("analytics/sealed-hours.v1/samples/" + sample + ".json"), SealedHour.class);
                billing.publish(billing.analyticsService, SnapshotTopic.SEALED_HOURS, hour.key(), hour.version(), hour);
            }
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(billing.count("SELECT count(*) FROM sealed_hour"))
                            .isEqualTo(2));
            assertThat(billing.count("SELECT count(*) FROM sealed_hour_total")).isEqualTo(2);
        }
    }

    private static void assertFits(String contract, Object snapshot) throws IOException {
        JsonNode text = JsonMapper.shared().readTree(bytes(contract + "/schema.json"));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text);
        JsonNode written = JsonMapper.shared().readTree(SnapshotJson.write(snapshot));
        assertThat(schema.validate(
                        written, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                .isEmpty();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ContractTests.class.getResourceAsStream("/contracts/" + name), name)) {
            return in.readAllBytes();
        }
    }
}
