package io.weir.security;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/// A set of address ranges, each an IPv4 or IPv6 address with or without a prefix length. IPv4 and IPv6 are
/// apart: `::/0` holds no IPv4 address; an IPv6 address that maps an IPv4 one (`::ffff:10.0.0.1`) is that one.
/// Held as sorted intervals, so that asking takes a binary search. Immutable.
public final class AddressRanges {

    // Four decimal numbers: 10.1 and 010.0.0.1 mean different addresses to different readers.
    private static final Pattern QUAD = Pattern.compile("(?:(?:0|[1-9]\\d{0,2})(?:\\.(?!$)|$)){4}");

    /// Holds every address of both kinds.
    public static final AddressRanges ALL = of(List.of("0.0.0.0/0", "::/0"));

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int LONGEST_TEXT = 64;

    private final List<Interval> four;
    private final List<Interval> six;

    private AddressRanges(List<Interval> four, List<Interval> six) {
        this.four = four;
        this.six = six;
    }

    /// Throws [IllegalArgumentException] naming the text that is no range. Never asks a name server.
    public static AddressRanges of(Collection<String> ranges) {
        List<Interval> four = new ArrayList<>();
        List<Interval> six = new ArrayList<>();
        for (String text : ranges) {
            Range range = Range.of(text);
            (range.address().length == 4 ? four : six).add(range.interval());
        }
        return new AddressRanges(merged(four), merged(six));
    }

    /// Reads one address as it stands in a header or a record. Throws [IllegalArgumentException] where it is
    /// none.
    public static InetAddress address(String text) {
        boolean four = text.indexOf(':') < 0;
        if (text.length() > LONGEST_TEXT
                || text.indexOf('%') >= 0
                || (four && !QUAD.matcher(text).matches())) {
            throw new IllegalArgumentException("address: no IPv4 or IPv6 address");
        }
        return InetAddress.ofLiteral(text);
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        List<Interval> sorted = address instanceof Inet4Address ? four : six;
        int low = 0;
        int high = sorted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Interval candidate = sorted.get(middle);
            if (Arrays.compareUnsigned(bytes, candidate.first()) < 0) {
                high = middle - 1;
            } else if (Arrays.compareUnsigned(bytes, candidate.last()) > 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return four.isEmpty() && six.isEmpty();
    }

    private static List<Interval> merged(List<Interval> intervals) {
        List<Interval> sorted = intervals.stream()
                .sorted(Comparator.comparing(Interval::first, Arrays::compareUnsigned))
                .toList();
        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            Interval before = merged.isEmpty() ? null : merged.getLast();
            if (before == null || Arrays.compareUnsigned(next.first(), before.last()) > 0) {
                merged.add(next);
            } else if (Arrays.compareUnsigned(next.last(), before.last()) > 0) {
                merged.set(merged.size() - 1, new Interval(before.first(), next.last()));
            }
        }
        return List.copyOf(merged);
    }

    /// Both ends belong to it.
    private record Interval(byte[] first, byte[] last) {}

    private record Range(byte[] address, int prefix) {

        static Range of(String text) {
            int slash = text.indexOf('/');
            try {
                byte[] address = AddressRanges.address(slash < 0 ? text : text.substring(0, slash))
                        .getAddress();
                int bits = address.length * 8;
                int prefix = slash < 0 ? bits : prefix(text, slash, bits);
                return new Range(address, prefix);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        "address range: '" + text + "' (expected: as 10.0.0.0/8 or 2001:db8::/32)", wrong);
            }
        }

        // A mapped IPv6 range, ::ffff:10.0.0.0/104, is the IPv4 one.
        private static int prefix(String text, int slash, int bits) {
            int written = Integer.parseInt(text, slash + 1, text.length(), 10);
            boolean mapped = bits == IPV4_BITS && text.indexOf(':') >= 0;
            int prefix = mapped ? written - (IPV6_BITS - IPV4_BITS) : written;
            if (prefix < 0 || prefix > bits || text.charAt(slash + 1) == '+') {
                throw new IllegalArgumentException("prefix length");
            }
            return prefix;
        }

        Interval interval() {
            byte[] first = address.clone();
            byte[] last = address.clone();
            for (int bit = prefix; bit < address.length * 8; bit++) {
                int mask = 0x80 >>> (bit % 8);
                first[bit / 8] &= (byte) ~mask;
                last[bit / 8] |= (byte) mask;
            }
            return new Interval(first, last);
        }
    }
}
