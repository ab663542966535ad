package io.weir.billing.budget;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Scope;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.tenancy.TenantId;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/// Whose calls a budget of the path `{scope}/{id}` counts.
///
/// @param subject null where the scope needs none
record BudgetTarget(Scope scope, TenantId tenant, @Nullable String subject) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.-]{1,64}=[A-Za-z0-9_.:/@-]{1,128}");

    /// Throws a 400 naming what is malformed, a 403 where the caller may not set it.
    static BudgetTarget read(ServerRequest request) {
        Passport passport = Access.passport(request);
        Scope scope = scope(request.pathVariable("scope"));
        String id = request.pathVariable("id");
        TenantId tenant = tenant(request);
        return switch (scope) {
            case PLATFORM -> platform(passport, id);
            case TENANT -> {
                TenantId named = tenantId("id", id);
                Access.demandOwn(request, named);
                yield new BudgetTarget(scope, named, null);
            }
            case TAG -> new BudgetTarget(scope, tenant, matching(TAG, id, "a tag such as team=search"));
            case KEY, MEMBER -> new BudgetTarget(scope, tenant, matching(ID, id, "a " + scope.wireName() + "'s id"));
        };
    }

    /// The caller's tenant, or the one that a platform admin names.
    static TenantId tenant(ServerRequest request) {
        Optional<TenantId> named = request.queryParam("tenantId").map(text -> tenantId("tenantId", text));
        named.ifPresent(one -> Access.demandOwn(request, one));
        return named.orElse(Access.passport(request).tenant().id());
    }

    private static BudgetTarget platform(Passport passport, String id) {
        if (!passport.allows(io.weir.security.Scope.PLATFORM_ADMIN)) {
            throw new PlatformException(
                    ProblemType.PERMISSION_DENIED, "The platform's budgets need the scope platform-admin.");
        }
        if (!id.equals("platform")) {
            throw PlatformException.invalid("id", "The platform's budgets are at .../platform/platform.");
        }
        return new BudgetTarget(Scope.PLATFORM, TenantId.PLATFORM, null);
    }

    private static Scope scope(String word) {
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.wireName().equals(word))
                .findFirst()
                .orElseThrow(() -> PlatformException.invalid(
                        "scope",
                        "There is no scope of this name. Name one of: "
                                + Arrays.stream(Scope.values())
                                        .map(Scope::wireName)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    private static TenantId tenantId(String field, String text) {
        try {
            return TenantId.of(text);
        } catch (IllegalArgumentException notAnId) {
            throw PlatformException.invalid(field, field + " is not a UUID. Send the tenant's id.");
        }
    }

    private static String matching(Pattern form, String text, String expected) {
        if (!form.matcher(text).matches()) {
            throw PlatformException.invalid("id", "id is not " + expected + ".");
        }
        return text;
    }

    String id(Window window) {
        return BudgetSnapshot.target(scope, tenant, subject) + ":" + window.wireName();
    }

    /// Whether it counts the same calls.
    boolean is(BudgetSnapshot budget) {
        return budget.target().equals(BudgetSnapshot.target(scope, tenant, subject));
    }
}
