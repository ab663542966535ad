package io.weir.gateway.redis;

import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Where Redis is.
///
/// @param url `redis://host:port`; several, with commas: nodes of one Redis Cluster, some of which suffice
@ConfigurationProperties("weir.redis")
public record RedisProperties(List<URI> url) {

    public RedisProperties {
        if (url == null || url.isEmpty()) {
            throw new IllegalArgumentException("weir.redis.url: nothing (expected: redis://host:port)");
        }
        url = List.copyOf(url);
    }
}
