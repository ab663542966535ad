package io.weir.billing.rating.statement;

/// What tax is due. Another way to tell it than [TaxTable] is one more implementation.
@FunctionalInterface
public interface Taxes {

    /// No tax.
    Taxes NONE = (category, net) -> 0;

    /// The tax on a category's net, both in minor units, rounded. Zero or more for a net of zero or
    /// more.
    long on(String category, long net);
}
