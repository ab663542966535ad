package io.weir.billing.invoice;

import static io.weir.billing.Snapshots.hour;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.time.Duration;

/// Invoices as an operator orders them, for tenants and sealed hours made for the test.
public record InvoiceDesk(Billing billing) {

    public static final String PATH = "/api/billing/invoices";
    private static final Duration WAIT = Duration.ofSeconds(20);

    public TenantId tenant() {
        return tenant(Snapshots.tenant(Snapshots.newTenant(), null, 1));
    }

    public TenantId tenant(TenantSnapshot tenant) {
        billing.publish(
                billing.tenantService, SnapshotTopic.TENANTS, tenant.tenantId().toString(), tenant.version(), tenant);
        Eventually.passes(
                WAIT,
                () -> assertThat(order(tenant.tenantId(), "2000-01").text("detail"))
                        .doesNotContain("There is no tenant"));
        return tenant.tenantId();
    }

    public void seal(SealedHour... hours) {
        for (SealedHour hour : hours) {
            billing.publish(billing.analyticsService, SnapshotTopic.SEALED_HOURS, hour.key(), hour.version(), hour);
        }
        for (SealedHour hour : hours) {
            Eventually.passes(
                    WAIT,
                    () -> assertThat(billing.count(
                                    "SELECT count(*) FROM sealed_hour WHERE tenant_id = '" + hour.tenantId()
                                            + "' AND hour = '" + hour.hour() + "' AND version = " + hour.version()))
                            .isEqualTo(1));
        }
    }

    public Answer order(TenantId tenant, String period) {
        return billing.post(PATH, body(tenant, period), billing.operator());
    }

    public Answer order(TenantId tenant, String period, String asOf) {
        String body = "{\"tenantId\": \"" + tenant + "\", \"period\": \"" + period + "\", \"asOf\": \"" + asOf + "\"}";
        return billing.post(PATH, body, billing.operator());
    }

    static String body(TenantId tenant, String period) {
        return "{\"tenantId\": \"" + tenant + "\", \"period\": \"" + period + "\"}";
    }

    long lastNumber() {
        return billing.count("SELECT coalesce(max(last), 0) FROM invoice_number");
    }
}
