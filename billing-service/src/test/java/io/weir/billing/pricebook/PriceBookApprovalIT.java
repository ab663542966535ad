package io.weir.billing.pricebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.money.Rate;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PriceBookApprovalIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = "/api/billing/price-books";

    @TempDir
    private Path directory;

    private Billing billing;

    @BeforeEach
    void start() throws IOException, SQLException {
        billing = Billing.start(directory, "--weir.billing.price-book=file:" + file("2.5"));
        inForce("list", 1, "0.0000025");
    }

    @AfterEach
    void stop() {
        billing.close();
    }

    @Test
    void aDraftIsComparedAndComesIntoForceWhenSomebodyApprovesIt() {
        Answer taken = billing.post(PATH, book("2.6"), billing.operator());
        assertThat(taken.status()).isEqualTo(201);
        assertThat(taken.text("status")).isEqualTo("draft");
        assertThat(taken.json().path("quarantined").asBoolean()).isFalse();
        JsonNode change = taken.json().path("comparison").path("changed").path(0);
        assertThat(change.path("before").asString()).isEqualTo("0.0000025");
        assertThat(change.path("after").asString()).isEqualTo("0.0000026");
        assertThat(change.path("percent").asString()).isEqualTo("4.0");
        inForce("list", 1, "0.0000025");

        Answer approved = billing.post(PATH + "/list/versions/2/approve", "", billing.operator());
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.text("status")).isEqualTo("approved");
        assertThat(approved.text("decidedBy")).isEqualTo("key:k");
        inForce("list", 2, "0.0000026");
        assertThat(billing.count("SELECT last FROM audit_sequence WHERE tenant_id = '" + TenantId.PLATFORM + "'"))
                .isGreaterThanOrEqualTo(2);
        assertThat(billing.count("SELECT count(*) FROM price_rule WHERE version = 2 AND rate = 0.0000026"))
                .isEqualTo(1);
        // What was approved outlives a start with the same file.
        billing.restart("--weir.billing.price-book=file:" + directory.resolve("2.5.json"));
        Eventually.passes(
                WAIT, () -> assertThat(billing.get("/ready", "none").status()).isEqualTo(200));
        assertThat(billing.count("SELECT version FROM price_book WHERE status = 'approved'"))
                .isEqualTo(2);
    }

    @Test
    void aUnitThatSlippedIsQuarantinedWithTheComparisonAndNeedsAnExplicitYes() {
        Answer taken = billing.post(PATH, book("250"), billing.operator());
        assertThat(taken.json().path("quarantined").asBoolean()).isTrue();
        JsonNode change = taken.json().path("comparison").path("changed").path(0);
        assertThat(change.path("times").asString()).isEqualTo("100");
        assertThat(change.path("large").asBoolean()).isTrue();

        Answer refused = billing.post(PATH + "/list/versions/2/approve", "{}", billing.operator());
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("detail"))
                .contains("openai/m text_in from 0.0000025 to 0.00025 (times 100)")
                .contains("acceptLargeChanges");
        assertThat(billing.post(PATH + "/list/versions/2/approve", "{\"acceptLargeChanges\": 1}", billing.operator())
                        .status())
                .isEqualTo(400);
        inForce("list", 1, "0.0000025");

        Answer accepted =
                billing.post(PATH + "/list/versions/2/approve", "{\"acceptLargeChanges\": true}", billing.operator());
        assertThat(accepted.status()).isEqualTo(200);
        inForce("list", 2, "0.00025");
    }

    @Test
    void aRejectedOrOutdatedVersionNeverComesIntoForce() {
        billing.post(PATH, book("2.6"), billing.operator());
        billing.post(PATH, book("2.7"), billing.operator());
        assertThat(billing.post(PATH + "/list/versions/2/reject", "", billing.operator())
                        .text("status"))
                .isEqualTo("rejected");
        assertThat(billing.post(PATH + "/list/versions/2/approve", "", billing.operator())
                        .status())
                .isEqualTo(409);
        billing.post(PATH, book("2.8"), billing.operator());
        assertThat(billing.post(PATH + "/list/versions/4/approve", "", billing.operator())
                        .status())
                .isEqualTo(200);
        Answer outdated = billing.post(PATH + "/list/versions/3/approve", "", billing.operator());
        assertThat(outdated.status()).isEqualTo(409);
        assertThat(outdated.text("detail")).contains("compared with version 1, and 4 is in force now");
        inForce("list", 4, "0.0000028");
        JsonNode versions = billing.get(PATH, billing.operator()).json().path("versions");
        assertThat(versions.valueStream().map(one -> one.path("status").asString()))
                .containsExactly("approved", "draft", "rejected", "retired");
    }

    @Test
    void aPriceFileOfTheProgramThatSlippedWaitsAndTheOldPricesStay() throws IOException {
        billing.restart("--weir.billing.price-book=file:" + file("250"));
        Eventually.passes(
                WAIT,
                () -> assertThat(
                                billing.count("SELECT count(*) FROM price_book WHERE status = 'draft' AND quarantined"))
                        .isEqualTo(1));
        inForce("list", 1, "0.0000025");
        assertThat(billing.get(PATH + "/list/versions/2", billing.operator())
                        .json()
                        .path("comparison")
                        .path("changed")
                        .path(0)
                        .path("times")
                        .asString())
                .isEqualTo("100");
    }

    @Test
    void aTenantsBookTakesItsDiscountOffAndFollowsItsParent() {
        TenantId tenant = Snapshots.newTenant();
        String terms = "{\"id\": \"acme\", \"source\": \"contract\", \"observedAt\": \"2026-01-01\", \"tenant\": \""
                + tenant + "\", \"parent\": \"list\", \"discounts\": [{\"percent\": \"10\", \"effectiveFrom\":"
                + " \"2026-01-01T00:00:00Z\"}]}";
        assertThat(billing.post(PATH, terms, billing.operator()).text("tenantId"))
                .isEqualTo(tenant.toString());
        billing.post(PATH + "/acme/versions/1/approve", "", billing.operator());
        inForce("acme", 1, "0.00000225");
        assertThat(billing.priceBooks().find("acme").orElseThrow().tenantId()).isEqualTo(tenant);

        billing.post(PATH, book("2.6"), billing.operator());
        billing.post(PATH + "/list/versions/2/approve", "", billing.operator());
        inForce("acme", 2, "0.00000234");
        // Its own callers see it, others do not.
        Eventually.passes(WAIT, () -> assertThat(shown(tenant)).isEqualTo("acme"));
        assertThat(shown(Snapshots.newTenant())).isEqualTo("list");
        // Nobody takes another's book.
        Answer refused = billing.post(
                PATH, terms.replace(tenant.toString(), Snapshots.newTenant().toString()), billing.operator());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("param")).isEqualTo("id");
    }

    @Test
    void aCatalogueIsPutIntoTheBookFromAnInstantOn() {
        String litellm = "{\"m\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\", \"input_cost_per_token\":"
                + " 2.6e-06, \"output_cost_per_token\": 1e-05, \"input_cost_per_character\": 1e-06}}";
        Answer taken =
                billing.post(PATH + "?format=litellm&effectiveFrom=2026-12-01T00:00:00Z", litellm, billing.operator());
        assertThat(taken.status()).isEqualTo(201);
        JsonNode change = taken.json().path("comparison").path("changed").path(0);
        assertThat(change.path("from").asString()).isEqualTo("2026-12-01T00:00:00Z");
        assertThat(taken.json().path("passedOver").path(0).asString()).isEqualTo("openai/m: input_cost_per_character");
        assertThat(billing.post(PATH + "?format=litellm&book=none", litellm, billing.operator())
                        .status())
                .isEqualTo(404);
        assertThat(billing.post(PATH + "?format=litellm&models=gpt-9", litellm, billing.operator())
                        .text("param"))
                .isEqualTo("models");
    }

    @Test
    void badFilesAreRefusedWithTheirFaults() {
        Answer refused = billing.post(PATH, book("-1"), billing.operator());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("detail")).contains("models[0] (openai/m).prices[0].perMillion.text_in");
        assertThat(billing.post(PATH, "", billing.operator()).status()).isEqualTo(400);
        assertThat(billing.post(PATH + "?format=csv", "a", billing.operator()).text("param"))
                .isEqualTo("format");
        assertThat(billing.post(PATH + "?format=litellm", "[1]", billing.operator())
                        .status())
                .isEqualTo(400);
        assertThat(billing.post(PATH, "[" + "1,".repeat(5_000_000) + "1]", billing.operator())
                        .status())
                .isEqualTo(413);
        assertThat(billing.get(PATH + "/list/versions/9", billing.operator()).status())
                .isEqualTo(404);
        assertThat(billing.post(PATH, book("2.6"), billing.passport(Snapshots.newTenant(), Scope.BILLING))
                        .status())
                .isEqualTo(403);
    }

    private String shown(TenantId tenant) {
        return billing.get("/api/billing/prices", billing.passport(tenant, Scope.BILLING))
                .text("bookId");
    }

    private void inForce(String id, long version, String rate) {
        Eventually.passes(
                WAIT,
                () -> assertThat(billing.priceBooks().find(id)).hasValueSatisfying(book -> {
                    assertThat(book.version()).isEqualTo(version);
                    assertThat(input(book)).isEqualTo(Rate.of(rate));
                }));
    }

    private static Rate input(PriceBookSnapshot book) {
        return book.rules().stream()
                .filter(rule -> rule.meter().wireName().equals("text_in"))
                .findFirst()
                .orElseThrow()
                .rate();
    }

    private Path file(String input) throws IOException {
        return Files.writeString(directory.resolve(input + ".json"), book(input));
    }

    private static String book(String input) {
        return """
                {"id": "list", "source": "a test", "observedAt": "2026-09-12", "models": [
                  {"provider": "openai", "model": "m", "mode": "chat", "contextWindow": 1000, "maxOutputTokens": 100,
                   "released": "2026-01-01", "source": "s", "prices": [
                     {"effectiveFrom": "2026-01-01T00:00:00Z", "perMillion": {"text_in": "%s", "text_out": "10"}}]}]}
                """.formatted(input);
    }
}
