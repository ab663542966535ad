package io.weir.local.prove.books;

/// One attempt as the provider served it.
///
/// @param id the provider's name for it
/// @param requestId ours, as we told the provider
/// @param status 499: the caller left before an answer began
/// @param broken it was left, or dropped, before its end
public record Served(
        String id,
        String requestId,
        String model,
        int status,
        long tokensIn,
        long cachedIn,
        long writtenIn,
        long tokensOut,
        boolean broken) {

    /// Whether anything was consumed.
    boolean isAnswered() {
        return status >= 200 && status < 300;
    }
}
