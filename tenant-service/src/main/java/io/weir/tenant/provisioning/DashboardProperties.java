package io.weir.tenant.provisioning;

import io.weir.tenancy.TenantSlug;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param baseDomain the domain below which each tenant's console has its name
@ConfigurationProperties("weir.dashboard")
record DashboardProperties(@DefaultValue("app.example.com") String baseDomain) {

    String urlOf(TenantSlug slug) {
        return "https://" + slug + "." + baseDomain;
    }
}
