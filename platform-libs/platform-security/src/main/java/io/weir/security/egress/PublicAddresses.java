package io.weir.security.egress;

import io.weir.security.AddressRanges;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/// Tells addresses of the public Internet from all others, after the registries of special-purpose addresses (RFC 6890,
/// as IANA keeps them). Of IPv6 only what is given out as global unicast is public, less what carries an IPv4 address
/// inside, since a gateway would unpack it behind our back.
public final class PublicAddresses {

    private static final AddressRanges SPECIAL_FOUR = AddressRanges.of(List.of(
            // this network, and the wildcard
            "0.0.0.0/8",
            // private
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            // carrier-grade NAT; Alibaba's metadata at 100.100.100.200
            "100.64.0.0/10",
            "127.0.0.0/8",
            // link-local; the metadata of most clouds at 169.254.169.254
            "169.254.0.0/16",
            // protocol assignments; Oracle's metadata at 192.0.0.192
            "192.0.0.0/24",
            // documentation
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // 6to4 relays, AS112
            "192.88.99.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.175.48.0/24",
            // benchmarks
            "198.18.0.0/15",
            // Azure's host, which answers to guests alone
            "168.63.129.16/32",
            // multicast, reserved, broadcast
            "224.0.0.0/4",
            "240.0.0.0/4"));

    private static final AddressRanges GLOBAL_SIX = AddressRanges.of(List.of("2000::/3"));

    private static final AddressRanges SPECIAL_SIX = AddressRanges.of(List.of(
            // Teredo, benchmarks, ORCHID and other protocol assignments
            "2001::/23",
            // documentation
            "2001:db8::/32",
            "3fff::/20",
            // 6to4
            "2002::/16",
            // AS112
            "2620:4f:8000::/48"));

    private PublicAddresses() {}

    /// An IPv6 address that maps an IPv4 one (`::ffff:10.0.0.1`) is that one.
    public static boolean contains(InetAddress address) {
        return address instanceof Inet4Address
                ? !SPECIAL_FOUR.contains(address)
                : GLOBAL_SIX.contains(address) && !SPECIAL_SIX.contains(address) && !isEmbedding(address.getAddress());
    }

    // ISATAP (RFC 5214): the lower half is 0000:5efe or 0200:5efe, then an IPv4 address.
    private static boolean isEmbedding(byte[] bytes) {
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && (bytes[11] & 0xFF) == 0xFE;
    }
}
