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
        OPENAI("https://api.openai.com/v1", "/v1"),
        ANTHROPIC("https://api.anthropic.com/v1", null),
        GEMINI("https://generativelanguage.googleapis.com/v1beta", null);

        private final String realUrl;
        private final @Nullable String simulatedPath;

        Provider(String realUrl, @Nullable String simulatedPath) {
            this.realUrl = realUrl;
            this.simulatedPath = simulatedPath;
        }
    }

    private Providers() {}

    /// The settings `weir.providers.*`. Money is spent only where `real` is set or the environment names a base URL.
    static Map<String, String> settings(boolean real, Map<String, String> environment, Ports ports) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (Provider provider : Provider.values()) {
            String prefix = "weir.providers." + provider.name().toLowerCase(Locale.ROOT);
            String named = environment.get("WEIR_" + provider.name() + "_BASE_URL");
            String key = environment.get(provider.name() + "_API_KEY");
            if (named != null && !named.isBlank()) {
                settings.put(prefix + ".base-url", named);
                settings.put(prefix + ".api-key", key == null ? KEY_OF_THE_SIMULATOR : key);
            } else if (real && key != null) {
                settings.put(prefix + ".base-url", provider.realUrl);
                settings.put(prefix + ".api-key", key);
            } else if (!real && provider.simulatedPath != null) {
                settings.put(prefix + ".base-url", ports.url(Port.PROVIDER_SIMULATOR) + provider.simulatedPath);
                settings.put(prefix + ".api-key", KEY_OF_THE_SIMULATOR);
            }
        }
        return settings;
    }
}
