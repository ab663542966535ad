package io.weir.tenant.request;

import java.util.regex.Pattern;

/// The form of an address range: an IPv4 or IPv6 address, with or without a prefix length.
public final class AddressRange {

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!/|$)|(?=/|$))){4}");
    private static final Pattern IPV6 =
            Pattern.compile("(?=.*:.*:)[0-9a-fA-F:]{2,39}(?:(?<=:)\\d{1,3}(?:\\.\\d{1,3}){3})?");

    private AddressRange() {}

    /// Answers with the range in CIDR form. Throws [IllegalArgumentException] when it is none; never asks a name
    /// server.
    public static String of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean four = IPV4.matcher(address).matches();
        int bits = four ? 32 : 128;
        if (!four && !isIpv6(address)) {
            throw wrong();
        }
        if (slash < 0) {
            return address + "/" + bits;
        }
        String prefix = text.substring(slash + 1);
        if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > bits) {
            throw wrong();
        }
        return text;
    }

    private static boolean isIpv6(String address) {
        if (!IPV6.matcher(address).matches()) {
            return false;
        }
        try {
            // Only hexadecimal digits and colons are left: this is parsed, never looked up.
            return java.net.Inet6Address.ofLiteral(address).getAddress().length > 0;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException("is not an address range such as 10.0.0.0/8 or 2001:db8::/32");
    }
}
