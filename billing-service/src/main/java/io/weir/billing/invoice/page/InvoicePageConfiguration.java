package io.weir.billing.invoice.page;

import io.weir.billing.invoice.InvoicePage;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(InvoicePageProperties.class)
final class InvoicePageConfiguration {

    @Bean
    InvoicePage invoicePage(InvoicePageProperties properties) {
        return new MustacheInvoicePage(properties);
    }
}
