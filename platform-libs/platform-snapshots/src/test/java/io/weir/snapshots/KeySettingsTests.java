package io.weir.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.TenantSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeySettingsTests {

    private static TenantSettings tenant(String... allowed) {
        return new TenantSettings(new TenantSettings.Models(List.of(allowed), "gpt-4o", 0.5, 100, "embed"));
    }

    private static KeySettings key(String... allowed) {
        return new KeySettings(new KeySettings.Models(List.of(allowed), "o3", null, null), null);
    }

    @Test
    void aKeyChoosesAmongItsTenantsModelsAndAddsNone() {
        assertThat(key("a", "b").over(tenant("b", "c")).models().allowed()).containsExactly("b");
        assertThat(key("a").over(tenant()).models().allowed()).containsExactly("a");
        assertThat(key().over(tenant("c")).models().allowed()).containsExactly("c");
    }

    @Test
    void whereNothingIsCommonNothingIsAllowed() {
        List<String> allowed = key("a").over(tenant("b")).models().allowed();
        assertThat(allowed).isNotEmpty().doesNotContain("a", "b");
    }

    @Test
    void whatAKeyDoesNotSetIsItsTenants() {
        TenantSettings.Models models = key().over(tenant()).models();
        assertThat(models.defaultModel()).isEqualTo("o3");
        assertThat(models.temperature()).isEqualTo(0.5);
        assertThat(models.maxTokens()).isEqualTo(100);
        assertThat(models.embedding()).isEqualTo("embed");
        TenantSettings draining = new TenantSettings(
                tenant("x").models(),
                null,
                List.of(),
                null,
                new TenantSettings.Cors(List.of("https://app.acme.com")),
                new TenantSettings.Calls(TenantSettings.ClientGone.DRAIN));
        assertThat(key().over(draining).clientGone()).isEqualTo(TenantSettings.ClientGone.DRAIN);
        assertThat(key().over(draining).allowedOrigins()).containsExactly("https://app.acme.com");
        assertThat(new KeySettings(null, null).over(tenant("x"))).isEqualTo(tenant("x"));
    }
}
