package io.weir.billing.stripe;

import io.weir.tenancy.TenantId;
import java.time.YearMonth;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The place of one object at Stripe, which may be filled once. Its name is what idempotency keys are made of: the
/// same for the same tenant, month, version and line, on every instance and after every crash.
///
/// @param invoiceId null for customers
/// @param line from 0; null where it is no line
/// @param amount of the line in minor units; null where it is no line
record Slot(
        Filling object,
        TenantId tenantId,
        @Nullable UUID invoiceId,
        int version,
        @Nullable Integer line,
        @Nullable Long amount,
        String name) {

    enum Filling {
        CUSTOMER,
        INVOICE,
        ITEM,
        FINALISATION;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Slot customer(TenantId tenant, int version) {
        return new Slot(
                Filling.CUSTOMER, tenant, null, version, null, null, "weir/" + tenant + "/customer/v" + version);
    }

    static Slot invoice(TenantId tenant, UUID invoice, YearMonth period, int version) {
        return new Slot(Filling.INVOICE, tenant, invoice, version, null, null, name(tenant, period, version));
    }

    static Slot item(TenantId tenant, UUID invoice, YearMonth period, int version, int line, long amount) {
        String name = name(tenant, period, version) + "/line/" + line;
        return new Slot(Filling.ITEM, tenant, invoice, version, line, amount, name);
    }

    static Slot finalisation(TenantId tenant, UUID invoice, YearMonth period, int version) {
        String name = name(tenant, period, version) + "/finalise";
        return new Slot(Filling.FINALISATION, tenant, invoice, version, null, null, name);
    }

    private static String name(TenantId tenant, YearMonth period, int version) {
        return "weir/" + tenant + "/" + period + "/v" + version;
    }
}
