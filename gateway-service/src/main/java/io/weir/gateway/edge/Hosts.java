package io.weir.gateway.edge;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names under which the gateway may be called, and the form of the header that says them. Immutable.
final class Hosts {

    // A name or an IPv4 address, or an IPv6 address in brackets; with or without a port. No userinfo, no dot at the
    // end.
    private static final Pattern FORM = Pattern.compile(
            "([a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\\[[0-9a-f:.]{2,45}])"
                    + "(?::([0-9]{1,5}))?");
    private static final int LONGEST = 261;

    private final Set<String> exact = new HashSet<>();
    private final Set<String> suffixes = new HashSet<>();
    private final boolean all;

    /// @param names exact ones, `*.` with a domain for all below it, or `*`
    Hosts(Set<String> names) {
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("*.")) {
                suffixes.add(lower.substring(1));
            } else {
                exact.add(lower);
            }
        }
        this.all = exact.contains("*");
    }

    /// The host's name in lower case, without its port; empty where the text is no host with or without a port.
    static Optional<String> name(String host) {
        if (host.length() > LONGEST) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(host.toLowerCase(Locale.ROOT));
        boolean good = parts.matches() && (parts.group(2) == null || Integer.parseInt(parts.group(2)) <= 65_535);
        return good ? Optional.of(parts.group(1)) : Optional.empty();
    }

    /// @param name as [#name] gives it
    boolean serve(String name) {
        if (all || exact.contains(name)) {
            return true;
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (suffixes.contains(name.substring(dot))) {
                return true;
            }
        }
        return false;
    }
}
