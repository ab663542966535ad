package io.weir.tenant.request;

import java.util.regex.Pattern;

/// The form of an origin whose pages may call: `https://app.acme.com`, with a port where it has one, or
/// `https://*.acme.com` for every host below. Plain `http` is for loopback names alone.
public final class WebOrigin {

    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern HTTPS = Pattern.compile(
            "https://(?:\\*\\.(?:" + LABEL + "\\.)+" + LABEL + "|" + LABEL + "(?:\\." + LABEL + ")*)(?::\\d{1,5})?");
    private static final Pattern LOOPBACK = Pattern.compile("http://(?:localhost|127\\.0\\.0\\.1)(?::\\d{1,5})?");
    private static final int LONGEST = 300;

    private WebOrigin() {}

    /// Throws [IllegalArgumentException] when it is none. `*` is none: anybody's page could call with a stolen
    /// key.
    public static void check(String text) {
        boolean form = text.length() <= LONGEST
                && (HTTPS.matcher(text).matches() || LOOPBACK.matcher(text).matches());
        if (!form || (text.startsWith("https://") && text.endsWith(":443")) || !hasPossiblePort(text)) {
            throw new IllegalArgumentException("is not an origin such as https://app.acme.com or https://*.acme.com, in"
                    + " lower case, without a path");
        }
    }

    private static boolean hasPossiblePort(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < "https:".length()) {
            return true;
        }
        int port = Integer.parseInt(text, colon + 1, text.length(), 10);
        return port >= 1 && port <= 65_535;
    }
}
