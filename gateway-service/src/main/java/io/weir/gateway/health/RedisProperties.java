package io.weir.gateway.health;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Where Redis is.
///
/// @param url `redis://host:port`
@ConfigurationProperties("weir.redis")
public record RedisProperties(URI url) {}
