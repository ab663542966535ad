package io.weir.gateway.routing;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Where the services are: base URLs without a path.
@ConfigurationProperties("weir.services")
public record ServicesProperties(URI tenant, URI orchestration, URI analytics, URI billing) {}
