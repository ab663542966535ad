package io.weir.billing.rerating;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param analytics base URL of the analytics service; null: nothing can be priced again
/// @param rowsTimeout for a page of rows
@ConfigurationProperties("weir.services")
record RowsProperties(
        @Nullable URI analytics, @DefaultValue("30s") Duration rowsTimeout) {}
