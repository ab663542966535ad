package io.weir.gateway.call;

/// Where the caller stands with its limit of requests, as its answer tells.
///
/// @param limit requests that may come at once after a pause
/// @param remaining of them now
/// @param resetMicros until all of them may come again
/// @param retryMicros how long to wait before trying again; 0 where the call was admitted
public record Allowance(long limit, long remaining, long resetMicros, long retryMicros) {}
