package io.weir.tenant.providerkey;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param providers that tenants may bring keys for, named as price books name them
@ConfigurationProperties("weir.provider-keys")
record ProviderKeyProperties(
        @DefaultValue({"openai", "anthropic", "gemini"}) Set<String> providers) {

    ProviderKeyProperties {
        providers = Set.copyOf(providers);
        providers.stream()
                .filter(name -> !name.matches("[a-z][a-z0-9-]{0,31}"))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("weir.provider-keys.providers: '" + name
                            + "' (expected: 1 to 32 lower-case letters, digits, hyphens)");
                });
    }
}
