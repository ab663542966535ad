package io.weir.gateway.origin;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Origins as a list names them: `https://app.acme.com`, or `https://*.acme.com` for every host below.
/// Immutable.
final class OriginList {

    static final OriginList NONE = new OriginList(List.of());

    private static final String EVERYBODY = "*";

    private final Set<String> entries;

    OriginList(Collection<String> origins) {
        Set<String> lower = new HashSet<>();
        origins.forEach(origin -> lower.add(origin.toLowerCase(Locale.ROOT)));
        this.entries = Set.copyOf(lower);
    }

    boolean contains(String origin) {
        if (entries.isEmpty()) {
            return false;
        }
        if (entries.contains(EVERYBODY)) {
            return true;
        }
        for (String spelling : spellings(origin)) {
            if (entries.contains(spelling)) {
                return true;
            }
        }
        return false;
    }

    Set<String> entries() {
        return entries;
    }

    /// Every entry that would hold that origin: itself, and one for each domain above its host.
    static List<String> spellings(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        int scheme = lower.indexOf("://");
        Set<String> all = new HashSet<>(Set.of(lower));
        if (scheme > 0) {
            int start = scheme + "://".length();
            for (int dot = lower.indexOf('.', start); dot >= 0; dot = lower.indexOf('.', dot + 1)) {
                all.add(lower.substring(0, start) + "*" + lower.substring(dot));
            }
        }
        return List.copyOf(all);
    }
}
