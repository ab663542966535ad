package io.weir.gateway.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param buffer records that may wait for the broker; more are dropped and counted
/// @param refusalsEvery how often refused sign-ins are added up for the audit log
@ConfigurationProperties("weir.gateway.access")
record AccessProperties(
        @DefaultValue("20000") int buffer,
        @DefaultValue("60s") Duration refusalsEvery) {

    AccessProperties {
        if (buffer < 1) {
            throw new IllegalArgumentException("weir.gateway.access.buffer: " + buffer + " (expected: at least 1)");
        }
    }
}
