package io.weir.local.cli;

import io.weir.local.state.Layout;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a newcomer needs next: addresses, keys, and a line to paste.
final class Welcome {

    private final PrintWriter out;

    Welcome(PrintWriter out) {
        this.out = out;
    }

    void print(Layout layout, String platformJson, Duration took) {
        JsonNode platform = JsonMapper.shared().readTree(platformJson);
        String gateway = platform.path("gateway").asString();
        out.println();
        out.println("Weir is ready after " + Progress.seconds(took.toMillis()).strip() + ".");
        out.println();
        line("API", gateway + "/v1");
        line("API over TLS", platform.path("https").asString() + "/v1");
        line("Its CA's certificate", platform.path("certificateAuthority").asString());
        line("Health", gateway + "/api/health");
        line("Provider simulator", platform.path("providerSimulator").asString());
        line("Stripe simulator", platform.path("stripeSimulator").asString());
        line("Admin key", platform.path("adminKey").asString());
        JsonNode tenants = platform.path("tenants");
        for (JsonNode tenant : tenants) {
            line(
                    tenant.path("slug").asString() + " (" + tenant.path("plan").asString() + ")",
                    tenant.path("apiKey").asString());
        }
        line("All of it", layout.platformFile().toString());
        out.println();
        out.println("Try:");
        out.println("  curl " + gateway + "/v1/chat/completions \\");
        out.println("    -H 'Authorization: Bearer "
                + tenants.path(1).path("apiKey").asString("") + "' \\");
        out.println("    -H 'Content-Type: application/json' \\");
        out.println(
                "    -d '{\"model\": \"gpt-4o-mini\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'");
        out.println();
        out.println("Then: ./weir status, ./weir logs gateway, ./weir down");
    }

    private void line(String name, String value) {
        out.println(String.format(Locale.ROOT, "  %-28s %s", name, value));
    }
}
