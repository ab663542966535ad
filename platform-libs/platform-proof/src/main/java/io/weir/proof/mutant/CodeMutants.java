package io.weir.proof.mutant;

import io.weir.proof.mutant.Mutant.InMessages;
import io.weir.proof.mutant.Mutant.InTransactions;
import java.util.List;

/// Safeguards of the code, each missing once.
final class CodeMutants {

    private static final String LEASE = "io.weir.r2dbc.Lease";
    private static final String CONNECTION = "io.weir.r2dbc.PhysicalConnection";
    private static final String VERIFIER = "io.weir.security.PassportVerifier";
    private static final String SNAPSHOT = "io.weir.snapshots.SignedRecord";
    // A demand of the verifier's that every token here meets: it gives its place to what is to be switched off.
    private static final String SPARE = "setRequireJwtId";

    private CodeMutants() {}

    static List<Mutant> all() {
        return List.of(
                new InTransactions(
                        "statements live on after their transaction",
                        new Change(LEASE, "demandLive", new Edit.Nothing())),
                new InTransactions(
                        "statements of any kind pass the entry point",
                        new Change(LEASE, "createStatement", new Edit.Always("matches", false))),
                new InTransactions(
                        "connections go back without a rollback",
                        new Change(CONNECTION, "rollbackTransaction", new Edit.Completes())),
                new InMessages(
                        "passports are not checked for their signature",
                        new Change(VERIFIER, "verifiedAnew", new Edit.Instead(SPARE, "setSkipSignatureVerification"))),
                new InMessages(
                        "passports are taken for any audience",
                        new Change(
                                VERIFIER,
                                "verifiedAnew",
                                new Edit.LeftOut("setExpectedAudience"),
                                new Edit.Instead(SPARE, "setSkipDefaultAudienceValidation"))),
                new InMessages(
                        "passports may last for ever",
                        new Change(VERIFIER, "verifiedAnew", new Edit.LeftOut("setMaxFutureValidityInMinutes"))),
                new InMessages(
                        "passports that were seen before never expire",
                        new Change(VERIFIER, "verify", new Edit.Always("isBefore", true))),
                new InMessages(
                        "every trusted service may issue passports",
                        new Change(VERIFIER, "verifiedAnew", new Edit.Always("contains", true))),
                new InMessages(
                        "a service may sign in another's name",
                        new Change(VERIFIER, "read", new Edit.Always("equals", true))),
                new InMessages("snapshots are not verified", new Change(SNAPSHOT, "verify", new Edit.Nothing())),
                new InMessages(
                        "snapshots are taken from every service",
                        new Change(SNAPSHOT, "verify", new Edit.Always("equals", true))),
                new InMessages(
                        "snapshots are taken with any signature",
                        new Change(SNAPSHOT, "verify", new Edit.Always("verifies", true))));
    }
}
