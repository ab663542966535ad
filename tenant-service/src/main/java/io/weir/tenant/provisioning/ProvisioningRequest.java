package io.weir.tenant.provisioning;

import io.weir.money.Amount;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantSlug;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a new tenant is to be, read and checked.
///
/// @param placement null: what comes with the plan
/// @param settings the tenant's first own settings: time zone and currency where they were named
record ProvisioningRequest(
        TenantSlug slug,
        String adminEmail,
        Plan plan,
        @Nullable Amount maxMonthlySpend,
        String region,
        @Nullable String country,
        @Nullable Placement placement,
        ObjectNode settings) {

    // Names that mean the platform itself, or that people and browsers take for it.
    private static final Set<String> RESERVED = Set.of(
            "platform",
            "www",
            "api",
            "admin",
            "app",
            "apps",
            "auth",
            "login",
            "mail",
            "smtp",
            "ftp",
            "status",
            "docs",
            "help",
            "support",
            "billing",
            "console",
            "dashboard",
            "static",
            "assets",
            "cdn",
            "internal",
            "system",
            "root",
            "weir",
            "gateway",
            "public",
            "localhost",
            "health",
            "metrics",
            "postmaster",
            "webmaster",
            "security",
            "abuse");

    /// Throws a 400 naming every bad field.
    static ProvisioningRequest of(ObjectNode body, List<Plan> plans, ProvisioningProperties properties) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        Optional<TenantSlug> slug = fields.required("slug", ProvisioningRequest::slug);
        Optional<String> email = fields.required("adminEmail", Texts::email);
        Optional<Plan> plan = fields.required("planTier", word -> plan(word, plans));
        Optional<Amount> spend = fields.optionalNumber("maxMonthlySpend", ProvisioningRequest::spend);
        Optional<String> region = fields.optional("region", name -> region(name, properties));
        Optional<Placement> placement = fields.optional("placement", ProvisioningRequest::placement);
        Optional<String> country = fields.optional("country", Texts::country);
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        fields.optional("timeZone", Texts::timeZone).ifPresent(zone -> settings.put("timeZone", zone));
        fields.optional("currency", Texts::currency).ifPresent(currency -> settings.put("currency", currency));
        violations.refuseIfAny();
        return new ProvisioningRequest(
                slug.orElseThrow(),
                email.orElseThrow(),
                plan.orElseThrow(),
                spend.orElse(null),
                region.orElse(properties.defaultRegion()),
                country.orElse(null),
                placement.orElse(null),
                settings);
    }

    private static TenantSlug slug(String text) {
        if (RESERVED.contains(text)) {
            throw new IllegalArgumentException("'" + text + "' is reserved, choose another");
        }
        return new TenantSlug(text);
    }

    private static Plan plan(String word, List<Plan> plans) {
        return Plans.named(plans, word)
                .orElseThrow(() -> new IllegalArgumentException("is not a plan (expected one of: "
                        + plans.stream().map(Plan::key).collect(Collectors.joining(", ")) + ")"));
    }

    private static Amount spend(String text) {
        Amount amount = Amount.of(text);
        if (amount.isNegative()) {
            throw new IllegalArgumentException("must not be negative");
        }
        return amount;
    }

    private static String region(String name, ProvisioningProperties properties) {
        String region = Texts.region(name);
        if (!properties.regions().isEmpty() && !properties.regions().contains(region)) {
            throw new IllegalArgumentException("is not a region of this platform (expected one of: "
                    + String.join(", ", properties.regions()) + ")");
        }
        return region;
    }

    private static Placement placement(String word) {
        return Arrays.stream(Placement.values())
                .filter(placement -> placement.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of pool, bridge, silo"));
    }
}
