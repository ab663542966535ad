package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.books.LedgerBook;
import io.weir.local.prove.fuzz.Fuzzing;
import io.weir.local.prove.fuzz.Mangler;
import io.weir.local.prove.load.Customer;
import io.weir.testing.Eventually;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The short form of `./weir prove fuzz`, on the platform of all end-to-end tests: two of three tenants have providers
/// of
/// their own that answer as none should.
@Tag("e2e")
class FuzzIT {

    private static final long SEED = Long.getLong("weir.fuzz.seed", 7);
    private static final Duration LASTING = Duration.ofSeconds(15);
    private static final Duration KNOWN = Duration.ofSeconds(60);
    private static final int CALLERS = 6;
    private static final Map<String, String> PROVIDERS =
            Map.of("openai", "/v1", "anthropic", "/anthropic", "gemini", "/gemini");

    @Test
    void nothingThatIsSentBreaksItOrReachesAnother() throws Exception {
        try (Mangler mangler = Mangler.start(SEED)) {
            mangler.passTo(Platform.simulator());
            List<Customer> customers = new ArrayList<>();
            for (String slug : List.of("fuzz-a", "fuzz-b", "fuzz-c")) {
                Platform.Tenant tenant = Platform.provision(slug, "enterprise", "");
                if (customers.size() < 2) {
                    bringProviders(tenant, mangler);
                }
                customers.add(new Customer(slug, tenant.id(), tenant.apiKey(), null, 1));
            }
            List<Integer> before = processes();
            Fuzzing fuzzing = new Fuzzing(
                    Platform.gateway(), SEED, customers, Platform.state().resolve("fuzz"));

            fuzzing.run(LASTING, CALLERS);

            System.out.println("fuzz: seed " + SEED + ", " + fuzzing.made() + " shots, " + fuzzing.statuses() + ", "
                    + mangler.spoilt());
            assertThat(fuzzing.found()).isEmpty();
            assertThat(fuzzing.unreachable()).isZero();
            assertThat(fuzzing.echoes()).isPositive();
            assertThat(mangler.spoilt()).hasSizeGreaterThan(3);
            assertThat(processes()).isEqualTo(before);
            everyCallIsSettled(
                    fuzzing, customers.stream().map(Customer::tenantId).collect(Collectors.toSet()));
        }
    }

    private static void bringProviders(Platform.Tenant tenant, Mangler mangler) {
        PROVIDERS.forEach((provider, path) -> {
            String body = "{\"apiKey\":\"simulator-needs-no-key\",\"baseUrl\":\"" + mangler.url() + path + "\"}";
            Http.Answer answer = Http.send(Http.request(
                            Platform.gateway() + "/api/tenants/" + tenant.id() + "/provider-keys/" + provider,
                            Platform.adminKey())
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString(body)));
            assertThat(answer.status()).as(answer.shown()).isLessThan(300);
        });
        Eventually.passes(KNOWN, () -> {
            Http.Answer answer = Platform.chat(tenant, "Hi");
            assertThat(answer.raw().headers().firstValue("x-route-reason").orElse(""))
                    .contains("own key");
        });
    }

    private static List<Integer> processes() {
        return List.of(
                Platform.service("gateway").path("pid").asInt(),
                Platform.service("orchestration").path("pid").asInt());
    }

    private static void everyCallIsSettled(Fuzzing fuzzing, Set<String> tenants) throws Exception {
        try (LedgerBook book =
                LedgerBook.open(Platform.kafka(), Map.of(), Platform.state().resolve("fuzz-ledger.tsv"))) {
            Eventually.passes(KNOWN, () -> {
                book.catchUp(() -> {});
                assertThat(book.contents().openHolds(tenants)).isZero();
                assertThat(fuzzing.answered()).allMatch(book.contents()::isSettled);
            });
        }
        assertThat(fuzzing.answered()).isNotEmpty();
    }
}
