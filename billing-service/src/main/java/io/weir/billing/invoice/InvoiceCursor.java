package io.weir.billing.invoice;

import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/// Where a page of invoices ends: newest month first, then by tenant.
record InvoiceCursor(String period, TenantId tenantId) {

    static final InvoiceCursor START = new InvoiceCursor("~", TenantId.of("ffffffff-ffff-ffff-ffff-ffffffffffff"));

    static InvoiceCursor after(Invoice last) {
        return new InvoiceCursor(last.period().toString(), last.tenantId());
    }

    /// Throws a 400 when the text is none that we gave out.
    static InvoiceCursor read(String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            if (plain.matches("[0-9]{4}-[0-9]{2}/.{36}")) {
                return new InvoiceCursor(plain.substring(0, 7), new TenantId(UUID.fromString(plain.substring(8))));
            }
        } catch (IllegalArgumentException notOurs) {
            // Told below.
        }
        throw PlatformException.invalid("cursor", "cursor is none that was given out. Leave it out to start over.");
    }

    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((period + "/" + tenantId).getBytes(StandardCharsets.UTF_8));
    }
}
