package io.weir.gateway.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param buffer records that may wait for the broker; more are dropped and counted
@ConfigurationProperties("weir.gateway.access")
record AccessProperties(@DefaultValue("20000") int buffer) {

    AccessProperties {
        if (buffer < 1) {
            throw new IllegalArgumentException("weir.gateway.access.buffer: " + buffer + " (expected: at least 1)");
        }
    }
}
