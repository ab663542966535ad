package io.weir.security.egress;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// How a base URL must be written that a tenant sets: `https://host.example.com/path`, and nothing that two readers of
/// URLs could read in two ways. A host is a name; addresses are refused however they are spelled. Where the name leads
/// is asked when it is called: see [#mayLeadTo]. Safe for use by many threads.
public final class BaseUrlRules {

    private static final int LONGEST = 512;
    private static final int LONGEST_NAME = 253;
    private static final int HTTPS = 443;
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

    // The last label of a name in the public tree is never a number in any spelling, so that 127.1, 0x7f000001 and
    // 2130706433, which are addresses to some, are names to nobody.
    private static final Pattern NAME = Pattern.compile("(?:" + LABEL + "\\.)+(?!\\d|0x)" + LABEL);
    private static final Pattern URL =
            Pattern.compile("(https?)://([^/?#\\\\@:\\[\\]]+|\\[::1])(?::(\\d{1,5}))?((?:/[A-Za-z0-9._~-]+)*)/?");
    private static final Pattern DOTS = Pattern.compile(".*/\\.{1,2}(?:/.*)?");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    // Names that no public name server answers for, or that lead into one's own network by convention.
    private static final Set<String> PRIVATE_ENDINGS = Set.of(
            "localhost",
            "localdomain",
            "local",
            "internal",
            "intranet",
            "private",
            "corp",
            "home",
            "lan",
            "arpa",
            "onion",
            "test",
            "invalid",
            "example");

    private final Set<Integer> ports;
    private final boolean allowLoopback;

    /// @param ports of https
    /// @param allowLoopback whether also this machine, in plain http and at any port
    public BaseUrlRules(Set<Integer> ports, boolean allowLoopback) {
        this.ports = Set.copyOf(ports);
        this.allowLoopback = allowLoopback;
    }

    /// The URL without a slash at its end. Throws [IllegalArgumentException] that says what is wrong; the message does
    /// not repeat the text.
    public URI read(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
        }
        if (!URL.matcher(text).matches() || DOTS.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be as https://host.example.com/path: in ASCII, with a host name in lower case, without user,"
                            + " query, fragment, '%' or '..'");
        }
        URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (allowLoopback && LOOPBACK.contains(url.getHost())) {
            return demandPort(url, url.getPort() <= 65_535);
        }
        if (!"https".equals(url.getScheme())) {
            throw new IllegalArgumentException("must begin with https://");
        }
        demandName(String.valueOf(url.getHost()));
        return demandPort(url, ports.contains(url.getPort() < 0 ? HTTPS : url.getPort()));
    }

    private URI demandPort(URI url, boolean allowed) {
        if (!allowed) {
            throw new IllegalArgumentException("must have one of the ports " + ports);
        }
        return url;
    }

    private static void demandName(String host) {
        String ending = host.substring(host.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (host.length() > LONGEST_NAME || !NAME.matcher(host).matches() || PRIVATE_ENDINGS.contains(ending)) {
            throw new IllegalArgumentException(
                    "must name its host as public name servers know it, such as api.example.com (an international name"
                            + " in its xn-- form; no address)");
        }
    }

    /// Whether a name of such a URL may have led to that address.
    public boolean mayLeadTo(InetAddress address) {
        return PublicAddresses.contains(address) || (allowLoopback && address.isLoopbackAddress());
    }
}
