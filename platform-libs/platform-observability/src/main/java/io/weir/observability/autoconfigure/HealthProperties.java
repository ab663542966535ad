package io.weir.observability.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How a service leaves.
///
/// @param drainDelay between `/ready` failing and the end of new connections; a few seconds behind a load balancer
@ConfigurationProperties("weir.health")
record HealthProperties(@DefaultValue("0s") Duration drainDelay) {}
