package io.weir.testing.access;

import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.tenancy.TenantContext;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Somebody who calls every route.
///
/// @param scopes what the credentials are good for
/// @param refusal with what every route that is not open refuses them; null where they are good
/// @param credentials adds them to a request
public record MatrixCaller(
        String name, Set<Scope> scopes, @Nullable ProblemType refusal, Consumer<HttpRequest.Builder> credentials) {

    /// Nobody, nobody with any right, one with each single scope, and one of each role: as the gateway sends them.
    public static List<MatrixCaller> withPassports(PassportIssuer gateway, TenantContext own) {
        List<MatrixCaller> all = new ArrayList<>();
        all.add(new MatrixCaller("anonymous", Set.of(), ProblemType.PASSPORT_REFUSED, request -> {}));
        all.add(new MatrixCaller(
                "forged passport",
                Set.of(),
                ProblemType.PASSPORT_REFUSED,
                request -> request.header(Passport.HEADER, "eyJhbGciOiJub25lIn0.e30.")));
        all.add(withKey("no scope", gateway, own, Set.of()));
        for (Scope scope : Scope.values()) {
            all.add(withKey("key with " + scope.wireName(), gateway, own, Set.of(scope)));
        }
        for (Role role : Role.values()) {
            all.add(new MatrixCaller(
                    role.wireName(),
                    role.scopes(),
                    null,
                    request -> request.header(
                            Passport.HEADER,
                            gateway.mintForPerson(
                                    own, "member:matrix", role, Instant.now().plusSeconds(30)))));
        }
        return List.copyOf(all);
    }

    private static MatrixCaller withKey(String name, PassportIssuer gateway, TenantContext own, Set<Scope> scopes) {
        return new MatrixCaller(
                name,
                scopes,
                null,
                request -> request.header(Passport.HEADER, gateway.mint(own, "key:matrix", "matrix", scopes)));
    }
}
