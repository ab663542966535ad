package io.weir.security.autoconfigure;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where addresses that tenants set may lead.
///
/// @param ports of https
/// @param allowLoopback whether also to this machine, in plain http and at any port: for development and tests alone
@ConfigurationProperties("weir.egress")
public record EgressProperties(
        @DefaultValue("443") Set<Integer> ports,
        @DefaultValue("false") boolean allowLoopback) {}
