package io.weir.r2dbc;

/// Is told when the platform crosses tenants, so that it can be counted and audited. Called before the transaction
/// begins, on whatever thread subscribes to it, possibly by many at once: must return at once and not fail.
public interface PlatformScopeListener {

    /// At each transaction.
    ///
    /// @param reason a constant of the caller
    default void used(String reason) {}

    /// At the first transaction of each hour for that reason.
    default void firstUseOfTheHour(String reason) {}
}
