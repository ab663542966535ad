package io.weir.local.platform;

import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where invoices go: to the Stripe simulator, or with `--real` to the account whose key stands in the environment.
final class StripeAccount {

    private static final String REAL_URL = "https://api.stripe.com";
    private static final String WEBHOOKS = "/api/billing/webhooks/stripe";

    private StripeAccount() {}

    /// The settings `weir.stripe.*` of billing-service; none where there is no account.
    static Map<String, String> settings(boolean real, Map<String, String> environment, Ports ports, Secrets secrets) {
        return real
                ? realSettings(environment)
                : settings(
                        ports.url(Port.STRIPE_SIMULATOR),
                        PrivateFiles.read(secrets.stripeApiKey()).strip(),
                        PrivateFiles.read(secrets.stripeWebhookSecret()).strip());
    }

    /// Where the simulator sends events: the public address of billing's webhook route.
    static String webhookUrl(Ports ports) {
        return ports.url(Port.GATEWAY) + WEBHOOKS;
    }

    private static Map<String, String> realSettings(Map<String, String> environment) {
        String key = environment.get("STRIPE_API_KEY");
        return key == null || key.isBlank()
                ? Map.of()
                : settings(REAL_URL, key, environment.get("STRIPE_WEBHOOK_SECRET"));
    }

    private static Map<String, String> settings(String baseUrl, String key, @Nullable String webhookSecret) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weir.stripe.base-url", baseUrl);
        settings.put("weir.stripe.api-key", key);
        if (webhookSecret != null && !webhookSecret.isBlank()) {
            settings.put("weir.stripe.webhook-secret", webhookSecret);
        }
        return settings;
    }
}
