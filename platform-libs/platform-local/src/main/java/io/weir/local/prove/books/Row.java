package io.weir.local.prove.books;

import org.jspecify.annotations.Nullable;

/// One attempt as the ledger or ClickHouse has it.
///
/// @param tenant its id
/// @param providerId the provider's name for it; null: it told none
/// @param status 0: none was received
/// @param tokensIn all of the prompt, cached or not
/// @param tokensOut all that was generated, thought or shown
/// @param reported whether the provider counted the tokens
public record Row(
        String tenant,
        String requestId,
        int n,
        String model,
        @Nullable String providerId,
        String outcome,
        int status,
        long tokensIn,
        long tokensOut,
        boolean reported,
        long cost) {

    boolean isRecovered() {
        return outcome.equals("recovered");
    }
}
