package io.weir.billing.stripe.api;

/// The names under which Stripe keeps what we must find again, and what an auditor wants to see.
/// Stripe takes 50 keys of 40 characters with values of 500.
public final class MetadataKey {

    /// On customers and invoices.
    public static final String TENANT = "weir_tenant_id";
    /// On invoices and items: our invoice's id.
    public static final String INVOICE = "weir_invoice_id";
    /// On invoices: rises when an invoice has to be sent anew.
    public static final String VERSION = "weir_version";
    public static final String NUMBER = "weir_invoice_number";
    public static final String PERIOD = "weir_period";
    /// On items: the line's position, from 0.
    public static final String LINE = "weir_line";
    public static final String KIND = "weir_kind";
    /// The line's amount before it was rounded.
    public static final String EXACT = "weir_exact";
    public static final String QUANTITY = "weir_quantity";
    /// The price rules, or the plan's price.
    public static final String PRICE = "weir_price";
    /// SHA-256 over the sealed hours that the line is made of.
    public static final String HOURS_HASH = "weir_sealed_hours_sha256";
    public static final String HOURS = "weir_sealed_hours";

    static final int LONGEST_VALUE = 500;

    private MetadataKey() {}

    /// Whether Stripe takes a value.
    public static boolean fits(String value) {
        return value.length() <= LONGEST_VALUE;
    }
}
