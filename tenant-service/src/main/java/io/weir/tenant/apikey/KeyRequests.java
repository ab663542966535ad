package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.tenant.request.AddressRange;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import io.weir.tenant.settings.SettingsPatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads what is asked of keys. Throws a 400 that names every field at fault.
@Component
final class KeyRequests {

    private static final Duration LONGEST_LIFE = Duration.ofDays(36_525);
    private static final int MOST_RANGES = 100;
    private static final int DEFAULT_OVERLAP = 24;
    private static final int LONGEST_OVERLAP = 168;
    private static final String SETTINGS = "settings";

    private final Clock clock;

    KeyRequests(Clock clock) {
        this.clock = clock;
    }

    /// @param at null: it does not expire
    record Expiry(@Nullable Instant at) {}

    /// A change of a key; what is empty stays.
    record Change(
            Optional<String> name,
            Optional<Expiry> expiry,
            Optional<List<String>> ipRanges,
            Optional<SettingsPatch> settings) {}

    ApiKeys.Wish wish(ObjectNode body, TenantId tenant, Passport by) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        String name = fields.optional("name", Texts::displayName).orElse("API key");
        Set<Scope> scopes = Set.copyOf(fields.optionalList("scopes", Scope::of).orElse(List.of(Scope.INFERENCE)));
        Instant expiresAt = fields.optional("expiresAt", this::future).orElse(null);
        List<String> ranges = ranges(fields, violations).orElse(List.of());
        ObjectNode settings = fields.optionalObject(SETTINGS).orElse(JsonNodeFactory.instance.objectNode());
        if (scopes.isEmpty()) {
            violations.add("scopes", "must name at least one scope");
        }
        violations.refuseIfAny();
        SettingsPatch patch = SettingsPatch.ofKey(settings, SETTINGS + ".");
        refuseUngrantable(scopes, tenant, by);
        return new ApiKeys.Wish(name, scopes, expiresAt, ranges, patch.applyTo(JsonNodeFactory.instance.objectNode()));
    }

    Change change(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("name", "expiresAt", "ipRanges", SETTINGS));
        Optional<String> name = fields.optional("name", Texts::displayName);
        Optional<Expiry> expiry = fields.isNull("expiresAt")
                ? Optional.of(new Expiry(null))
                : fields.optional("expiresAt", this::future).map(Expiry::new);
        Optional<List<String>> ranges = fields.isNull("ipRanges") ? Optional.of(List.of()) : ranges(fields, violations);
        Optional<ObjectNode> settings = fields.optionalObject(SETTINGS);
        violations.refuseIfAny();
        return new Change(name, expiry, ranges, settings.map(patch -> SettingsPatch.ofKey(patch, SETTINGS + ".")));
    }

    Duration overlap(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("overlapHours"));
        int hours = fields.optionalWhole("overlapHours", 0, LONGEST_OVERLAP).orElse(DEFAULT_OVERLAP);
        violations.refuseIfAny();
        return Duration.ofHours(hours);
    }

    private static Optional<List<String>> ranges(Fields fields, Violations violations) {
        Optional<List<String>> ranges = fields.optionalList("ipRanges", AddressRange::of);
        if (ranges.isPresent() && ranges.get().size() > MOST_RANGES) {
            violations.add("ipRanges", "must be a list of at most " + MOST_RANGES + " ranges");
        }
        return ranges;
    }

    /// Whoever holds such a key reaches every tenant: only who has that right can give it, and only to an operator.
    /// Throws a 403 or a 422.
    static void refuseUngrantable(Set<Scope> scopes, TenantId tenant, Passport by) {
        if (!scopes.contains(Scope.PLATFORM_ADMIN)) {
            return;
        }
        if (!by.allows(Scope.PLATFORM_ADMIN)) {
            throw PlatformException.of(
                    ProblemType.PERMISSION_DENIED, "scopes", "Only a platform admin can grant platform-admin.");
        }
        if (!tenant.equals(TenantId.PLATFORM)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "scopes",
                    "platform-admin keys belong to the reserved tenant 'platform'.");
        }
    }

    private Instant future(String text) {
        Instant instant = Texts.instant(text);
        if (!instant.isAfter(clock.instant())) {
            throw new IllegalArgumentException("must be in the future");
        }
        if (instant.isAfter(clock.instant().plus(LONGEST_LIFE))) {
            throw new IllegalArgumentException("must be within 100 years; leave it out for a key that does not expire");
        }
        return instant;
    }
}
