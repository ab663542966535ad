package io.weir.tenant.apikey;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param housekeeping how often old and dead keys are looked for
/// @param retention how long a revoked or expired key stays on the topic, so that its use is told apart from that of a
///     key which never was
@ConfigurationProperties("weir.keys")
record KeyProperties(
        @DefaultValue("1m") Duration housekeeping,
        @DefaultValue("30d") Duration retention) {}
