package io.weir.billing.stripe;

/// Another worker has taken the tenant over. What was begun is found again by the other one.
final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClaimLostException(Claim claim) {
        super("the claim on tenant " + claim.tenantId() + " ran out", null, false, false);
    }
}
