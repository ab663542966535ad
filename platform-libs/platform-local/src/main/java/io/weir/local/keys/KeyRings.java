package io.weir.local.keys;

import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/// Finds the keys of a platform that runs.
public final class KeyRings {

    // Services look at their files every second.
    private static final Duration SPREAD = Duration.ofSeconds(4);

    private KeyRings() {}

    /// @param progress is told each step of a rotation
    public static KeyRing of(Layout layout, Consumer<String> progress) {
        LocalDependents dependents =
                new LocalDependents(JsonMapper.shared().readTree(PrivateFiles.read(layout.platformFile())));
        return new KeyRing(new Secrets(layout), dependents, SPREAD, progress);
    }

    /// Those that sign.
    public static List<String> services() {
        return KeyRing.SERVICES;
    }

    /// Its name as keys have it; also taken with the ending `-service`. Throws [IllegalArgumentException]
    /// listing all.
    public static String service(String name) {
        String plain = name.endsWith("-service") ? name.substring(0, name.length() - "-service".length()) : name;
        if (!KeyRing.SERVICES.contains(plain)) {
            throw new IllegalArgumentException("service: '" + name + "' (expected one of: " + KeyRing.SERVICES + ")");
        }
        return plain;
    }
}
