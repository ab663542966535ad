package io.weir.orchestration.inference;

import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.cache.CacheWish;
import io.weir.problem.PlatformException;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantContext;
import java.time.Instant;
import java.util.Set;
import reactor.core.publisher.Mono;

/// Runs calls that somebody left here to be run, at the price of calls that are no hurry. Safe for use
/// by many threads.
public interface OfflineCalls {

    /// The path of the same call where its client waits for it.
    String path();

    /// Runs one call. It is held, priced and settled as every other. Fails with a
    /// [io.weir.problem.PlatformException] or a [io.weir.orchestration.provider.ProviderFailure].
    /// Cancelling does not stop what has been asked of a provider.
    ///
    /// @return what its client would have received
    Mono<byte[]> run(Order order, byte[] body);

    /// Throws a 400 that names the header where no answers to such calls of that caller are kept to be given again.
    default void demandKept(Passport caller) {
        throw PlatformException.invalid(
                CacheWish.HEADER,
                "Answers of " + path() + " are not given again. Leave '" + CacheWish.HEADER + "' out.");
    }

    /// On whose behalf a call runs.
    ///
    /// @param requestId of which the ledger takes one settlement, however often it runs
    /// @param subject who left it here, as its passport said
    /// @param fillsCache whether its answer is kept to be given again, where its tenant has such
    record Order(String requestId, TenantContext tenant, String keyId, String subject, Tags tags, boolean fillsCache) {

        /// Who left it here, as the gateway had proven it then.
        public Passport caller() {
            return new Passport(
                    requestId,
                    "orchestration",
                    Passport.MESH,
                    tenant,
                    subject,
                    keyId,
                    Set.of(Scope.INFERENCE),
                    null,
                    Instant.MAX);
        }
    }
}
