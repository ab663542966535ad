package io.weir.billing.invoice;

import io.weir.audit.Audit;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(InvoiceProperties.class)
final class InvoiceConfiguration {

    @Bean
    R2dbcInvoices invoices(
            PlatformTransaction platform,
            TenantTransaction tenant,
            JsonMapper json,
            InvoiceProperties properties,
            ObjectProvider<InvoiceHandover> handover,
            Audit audit) {
        return new R2dbcInvoices(
                platform,
                tenant,
                new StoredInvoices(json),
                properties.seller(),
                handover.getIfAvailable(InvoiceHandover::none),
                audit);
    }

    @Bean
    RouterFunction<ServerResponse> invoiceRoutes(
            R2dbcInvoices invoices,
            SnapshotReader reader,
            InvoicePage page,
            JsonMapper json,
            Clock clock,
            InvoiceProperties properties) {
        SnapshotTable<TenantSnapshot> tenants = reader.table(SnapshotTopic.TENANTS);
        SnapshotTable<PlanSnapshot> plans = reader.table(SnapshotTopic.PLANS);
        InvoiceMaking making = new InvoiceMaking(tenants, plans, invoices, clock, properties.closingDelay());
        return new InvoiceRoutes(making, invoices, page, json).routes();
    }
}
