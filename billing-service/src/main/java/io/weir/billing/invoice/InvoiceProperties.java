package io.weir.billing.invoice;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param seller stands before every invoice's number; each seller has a sequence without gaps
/// @param closingDelay after a month's end, before its invoice becomes final without being told to
@ConfigurationProperties("weir.billing.invoices")
record InvoiceProperties(
        @DefaultValue("WEIR") String seller,
        @DefaultValue("2h") Duration closingDelay) {}
