package io.weir.local.platform;

import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where model calls go. The provider simulator, unless the operator says otherwise: with `--real`, or with a base URL.
final class Providers {

    private static final String KEY_OF_THE_SIMULATOR = "simulator-needs-no-key";

    private enum Provider {
        OPENAI("https://api.openai.com/v1", "/v1", "OPENAI_API_KEY", null),
        ANTHROPIC("https://api.anthropic.com", "/anthropic", "ANTHROPIC_API_KEY", null),
        GEMINI("https://generativelanguage.googleapis.com", "/gemini", "GEMINI_API_KEY", "GOOGLE_API_KEY");

        private final String realUrl;
        private final String simulatedPath;
        private final String keyVariable;
        private final @Nullable String otherKeyVariable;

        Provider(String realUrl, String simulatedPath, String keyVariable, @Nullable String otherKeyVariable) {
            this.realUrl = realUrl;
            this.simulatedPath = simulatedPath;
            this.keyVariable = keyVariable;
            this.otherKeyVariable = otherKeyVariable;
        }

        /// The key in the environment, by the names that the provider's own SDKs read, in their order.
        @Nullable
        String key(Map<String, String> environment) {
            String key = environment.getOrDefault(keyVariable, "");
            if (key.isBlank() && otherKeyVariable != null) {
                key = environment.getOrDefault(otherKeyVariable, "");
            }
            return key.isBlank() ? null : key;
        }
    }

    private Providers() {}

    /// The settings `weir.providers.*`. Money is spent only where `real` is set or the environment names a base URL.
    static Map<String, String> settings(boolean real, Map<String, String> environment, Ports ports) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (Provider provider : Provider.values()) {
            String prefix = "weir.providers." + provider.name().toLowerCase(Locale.ROOT);
            String named = environment.get("WEIR_" + provider.name() + "_BASE_URL");
            String key = provider.key(environment);
            if (named != null && !named.isBlank()) {
                settings.put(prefix + ".base-url", named);
                settings.put(prefix + ".api-key", key == null ? KEY_OF_THE_SIMULATOR : key);
            } else if (real && key != null) {
                settings.put(prefix + ".base-url", provider.realUrl);
                settings.put(prefix + ".api-key", key);
            } else if (!real) {
                settings.put(prefix + ".base-url", ports.url(Port.PROVIDER_SIMULATOR) + provider.simulatedPath);
                settings.put(prefix + ".api-key", KEY_OF_THE_SIMULATOR);
            }
        }
        return settings;
    }

    /// The base URLs in these settings, by the provider's name.
    static Map<String, String> urls(Map<String, String> settings) {
        Map<String, String> urls = new LinkedHashMap<>();
        for (Provider provider : Provider.values()) {
            String name = provider.name().toLowerCase(Locale.ROOT);
            String url = settings.get("weir.providers." + name + ".base-url");
            if (url != null) {
                urls.put(name, url);
            }
        }
        return urls;
    }
}
