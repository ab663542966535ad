package io.weir.local.platform;

import io.weir.local.platform.PlatformApi.Answer;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.Part.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Provisions the demo tenants through the public API where they are not there yet, and waits until each key works.
final class DemoTenants implements Action {

    /// How a demo tenant is asked for, and what sets it apart from the others.
    private record Wish(Map<String, Object> provisioning, Map<String, Object> settings) {
        String slug() {
            return String.valueOf(provisioning.get("slug"));
        }

        String plan() {
            return String.valueOf(provisioning.get("planTier"));
        }
    }

    private static final List<Wish> WISHES = List.of(
            new Wish(
                    Map.of("slug", "freeco", "adminEmail", "admin@freeco.example", "planTier", "free"),
                    Map.of("models", Map.of("default", "gpt-4o-mini", "maxTokens", 512), "retentionDays", 7)),
            new Wish(
                    Map.of(
                            "slug",
                            "midsize-health",
                            "adminEmail",
                            "it@midsize-health.example",
                            "planTier",
                            "growth",
                            "maxMonthlySpend",
                            2000,
                            "timeZone",
                            "America/New_York"),
                    Map.of("features", Map.of("piiMasking", true, "audit", true), "retentionDays", 30)),
            new Wish(
                    Map.of(
                            "slug",
                            "bigfinance",
                            "adminEmail",
                            "platform@bigfinance.example",
                            "planTier",
                            "enterprise",
                            "maxMonthlySpend",
                            50000,
                            "region",
                            "eu-west-1",
                            "timeZone",
                            "Europe/London"),
                    Map.of("limits", Map.of("maxConcurrency", 500), "features", Map.of("audit", true))));
    private static final List<String> SCOPES = List.of("inference", "analytics", "billing", "tenant-admin");
    private static final int ATTEMPTS = 300;

    private final String gateway;
    private final Layout layout;
    private final Secrets secrets;

    DemoTenants(String gateway, Layout layout, Secrets secrets) {
        this.gateway = gateway;
        this.layout = layout;
        this.secrets = secrets;
    }

    /// Those provisioned so far, in the order of the wishes.
    static List<DemoTenant> known(Layout layout) {
        Path file = layout.demoTenantsFile();
        return Files.exists(file)
                ? JsonMapper.shared().readValue(PrivateFiles.read(file), new TypeReference<List<DemoTenant>>() {})
                : List.of();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        List<DemoTenant> tenants = new ArrayList<>(known(layout));
        try (PlatformApi api = new PlatformApi(gateway)) {
            if (tenants.size() < WISHES.size()) {
                await(api, "/api/tenants?limit=1", adminKey(), "the administrator's key");
            }
            for (Wish wish : WISHES) {
                if (tenants.stream().noneMatch(tenant -> tenant.slug().equals(wish.slug()))) {
                    tenants.add(provision(api, wish));
                    PrivateFiles.write(
                            layout.demoTenantsFile(), JsonMapper.shared().writeValueAsString(tenants));
                }
            }
            for (DemoTenant tenant : tenants) {
                await(api, "/v1/models", tenant.apiKey(), "the key of " + tenant.slug());
            }
        }
    }

    private String adminKey() {
        return PrivateFiles.read(secrets.adminKey()).strip();
    }

    private DemoTenant provision(PlatformApi api, Wish wish) throws IOException, InterruptedException {
        String adminKey = adminKey();
        Answer answer = api.post("/api/tenants/provision", adminKey, wish.provisioning());
        DemoTenant tenant = answer.status() == 409
                ? withNewKey(api, adminKey, wish)
                : new DemoTenant(
                        wish.slug(), wish.plan(), text(answer, "apiKey", wish), text(answer, "tenantId", wish));
        String path = "/api/tenants/" + tenant.tenantId() + "/config";
        Answer before = api.get(path, adminKey);
        Answer patched = api.patch(path, adminKey, before.entityTag(), wish.settings());
        if (!patched.succeeded()) {
            throw refused("setting up " + wish.slug(), patched);
        }
        return tenant;
    }

    /// The tenant is there, but its key was lost between the answer and our file.
    private static DemoTenant withNewKey(PlatformApi api, String adminKey, Wish wish)
            throws IOException, InterruptedException {
        String id = idOf(api, adminKey, wish);
        Answer key =
                api.post("/api/tenants/" + id + "/keys", adminKey, Map.of("name", "local-platform", "scopes", SCOPES));
        return new DemoTenant(wish.slug(), wish.plan(), text(key, "apiKey", wish), id);
    }

    private static String idOf(PlatformApi api, String adminKey, Wish wish) throws IOException, InterruptedException {
        Answer page = api.get("/api/tenants?limit=200", adminKey);
        JsonNode list = page.body().isArray() ? page.body() : page.body().path("tenants");
        for (JsonNode tenant : list) {
            if (tenant.path("slug").asString("").equals(wish.slug())) {
                return tenant.path("tenantId").asString("");
            }
        }
        throw refused("finding " + wish.slug() + " among the tenants", page);
    }

    /// A new key reaches the gateway a moment after it was made.
    private static void await(PlatformApi api, String path, String key, String whose)
            throws IOException, InterruptedException {
        Answer answer = api.get(path, key);
        for (int i = 0; i < ATTEMPTS && answer.status() != 200; i++) {
            Pause.briefly();
            answer = api.get(path, key);
        }
        if (answer.status() != 200) {
            throw refused("GET " + path + " with " + whose, answer);
        }
    }

    private static String text(Answer answer, String field, Wish wish) throws IOException {
        JsonNode value = answer.body().path(field);
        if (!answer.succeeded() || !value.isString()) {
            throw refused("provisioning " + wish.slug(), answer);
        }
        return value.asString();
    }

    private static IOException refused(String what, Answer answer) {
        return new IOException(what + ": status " + answer.status() + ", " + answer.body());
    }
}
