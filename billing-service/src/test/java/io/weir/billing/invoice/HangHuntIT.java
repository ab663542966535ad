package io.weir.billing.invoice;

import io.weir.billing.*;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HangHuntIT {
    @Test
    void hunt(@TempDir Path directory) throws Exception {
        try (Billing billing = Billing.start(directory)) {
            TenantId a = Snapshots.newTenant();
            String path = "/api/billing/invoices";
            run(billing, a, "A find,list", path + "/" + a, path);
            run(billing, a, "B nonsense,list", path + "/nonsense", path);
            run(billing, a, "C nonsense,find", path + "/nonsense", path + "/" + a);
            run(billing, a, "D limit=0,list", path + "?limit=0", path);
            run(billing, a, "E list", path);
        }
    }
    static void run(Billing billing, TenantId a, String name, String... paths) {
        int hung = 0;
        int i = 0;
        StringBuilder where = new StringBuilder();
        String own = billing.passport(a, Scope.BILLING);
        for (i = 0; i < 300 && hung < 3; i++) {
            for (String p : paths) {
                try {
                    billing.send(billing.request(p, own).timeout(Duration.ofSeconds(2)).GET().build());
                } catch (AssertionError e) {
                    hung++;
                    where.append(p).append(' ');
                }
            }
        }
        System.out.println("RESULT " + name + ": " + hung + " hung in " + i + " rounds; " + where);
    }
}
