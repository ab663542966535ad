package io.weir.billing.stripe;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

class StripeTwoInstancesIT {

    @Test
    void twoInstancesAtOnceSendEverythingOnce(@TempDir Path directory) throws IOException, SQLException {
        try (StripeDesk stripe = new StripeDesk(directory);
                ConfigurableApplicationContext _ = stripe.billing.run(stripe.arguments())) {
            stripe.behave("{\"latencyMs\": 20, \"errorRate\": 0.1, \"pruneIdempotencyAfterSeconds\": 1}");
            List<TenantId> tenants = new ArrayList<>();
            List<String> invoices = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                TenantId tenant = stripe.tenant();
                tenants.add(tenant);
                // Two months each: one customer must do for both.
                invoices.add(stripe.desk.order(tenant, "2026-10").text("id"));
                invoices.add(stripe.invoice(tenant));
            }
            for (int i = 0; i < invoices.size(); i++) {
                stripe.awaitState(invoices.get(i), "finalised");
                stripe.assertOnceAndEqual(tenants.get(i / 2), invoices.get(i));
            }
        }
    }
}
