package io.weir.orchestration.redis;

import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where Redis is.
///
/// @param url `redis://host:port`; several: nodes of a cluster
@ConfigurationProperties("weir.redis")
record RedisProperties(
        @DefaultValue("redis://127.0.0.1:6379") List<URI> url) {}
