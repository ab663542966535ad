package io.weir.local.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.state.Layout;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StripeAccountTests {

    private static final Ports PORTS = Ports.fromEnvironment(Map.of());
    private static final Map<String, String> REAL =
            Map.of("STRIPE_API_KEY", "sk_live_real", "STRIPE_WEBHOOK_SECRET", "whsec_real");

    @TempDir
    private Path directory;

    @Test
    void withoutAWordInvoicesGoToTheSimulatorEvenWhereRealKeysLieAround() {
        Secrets secrets = secrets();

        assertThat(StripeAccount.settings(false, REAL, PORTS, secrets))
                .containsEntry("weir.stripe.base-url", "http://127.0.0.1:8091")
                .containsEntry("weir.stripe.api-key", read(secrets.stripeApiKey()))
                .containsEntry("weir.stripe.webhook-secret", read(secrets.stripeWebhookSecret()))
                .hasSize(3);
    }

    @Test
    void realWithoutAKeyMeansNoStripeAtAll() {
        assertThat(StripeAccount.settings(true, Map.of("STRIPE_WEBHOOK_SECRET", "whsec_real"), PORTS, secrets()))
                .isEmpty();
        assertThat(StripeAccount.settings(true, Map.of("STRIPE_API_KEY", " "), PORTS, secrets()))
                .isEmpty();
    }

    @Test
    void realWithAKeyMeansTheRealStripe() {
        assertThat(StripeAccount.settings(true, REAL, PORTS, secrets()))
                .containsEntry("weir.stripe.base-url", "https://api.stripe.com")
                .containsEntry("weir.stripe.api-key", "sk_live_real")
                .containsEntry("weir.stripe.webhook-secret", "whsec_real");
    }

    @Test
    void onlyBillingIsToldStripesSecretsAndTheSimulatorSignsWithTheSame() {
        Layout layout = new Layout(directory, Path.of(".weir"));
        layout.create();
        Secrets secrets = new Secrets(layout);
        ServiceSettings settings = new ServiceSettings(
                layout, PORTS, secrets, Map.of(), Map.of(), StripeAccount.settings(false, Map.of(), PORTS, secrets));

        assertThat(settings.of(Service.BILLING)).containsKey("weir.stripe.api-key");
        for (Service service : Service.values()) {
            if (service != Service.BILLING) {
                assertThat(settings.of(service)).doesNotContainKey("weir.stripe.api-key");
            }
        }
        assertThat(new PartCatalogue(layout, PORTS, secrets, settings).parts())
                .filteredOn(part -> part.name().equals(PartCatalogue.STRIPE))
                .singleElement()
                .satisfies(part -> assertThat(part.url()).isEqualTo("http://127.0.0.1:8091"));
        assertThat(StripeAccount.webhookUrl(PORTS)).isEqualTo("http://127.0.0.1:8080/api/billing/webhooks/stripe");
    }

    private Secrets secrets() {
        Layout layout = new Layout(directory, Path.of(".weir"));
        layout.create();
        return new Secrets(layout);
    }

    private static String read(Path file) {
        return PrivateFiles.read(file).strip();
    }
}
