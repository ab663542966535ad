package io.weir.billing.stripe.api;

import java.util.Locale;

/// What is asked of Stripe; the tag `call` of the meter `weir.stripe.calls`.
enum StripeCall {
    FIND_CUSTOMER,
    CREATE_CUSTOMER,
    READ_CUSTOMER,
    FIND_INVOICE,
    CREATE_INVOICE,
    READ_INVOICE,
    LIST_ITEMS,
    CREATE_ITEM,
    FINALISE;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
