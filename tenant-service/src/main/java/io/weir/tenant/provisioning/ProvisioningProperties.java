package io.weir.tenant.provisioning;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param regions that tenants may be placed in; empty: any well-formed name
/// @param defaultRegion where a request names none
@ConfigurationProperties("weir.provisioning")
record ProvisioningProperties(
        @DefaultValue List<String> regions,
        @DefaultValue("local") String defaultRegion) {}
