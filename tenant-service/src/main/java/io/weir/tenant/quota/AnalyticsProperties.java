package io.weir.tenant.quota;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param analytics base URL of the analytics service; null: what flows is not known here
/// @param analyticsTimeout after which its answer is not waited for
@ConfigurationProperties("weir.services")
record AnalyticsProperties(
        @Nullable URI analytics, @DefaultValue("1s") Duration analyticsTimeout) {}
