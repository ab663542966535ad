package io.weir.gateway.address;

import io.netty.handler.codec.http.HttpHeaders;
import io.weir.security.AddressRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the address of who calls. Without trusted proxies that is the connection's other end, whatever headers
/// say. A trusted proxy is believed about who stands before it, and so on to the first that is not trusted:
/// what that one claims, and all that stands left of it, may be forged. Immutable.
public final class ClientAddresses {

    private static final int MOST_HOPS = 50;

    private final AddressRanges trusted;
    private final ForwardingHeader header;

    /// @param trusted the addresses of proxies in front of the gateway
    /// @param header the one that those proxies write; the other is not read, as it would come from clients
    public ClientAddresses(AddressRanges trusted, ForwardingHeader header) {
        this.trusted = trusted;
        this.header = header;
    }

    /// In which header proxies tell whom they speak for.
    public enum ForwardingHeader {
        X_FORWARDED_FOR("x-forwarded-for"),
        FORWARDED("forwarded");

        private final String wireName;

        ForwardingHeader(String wireName) {
            this.wireName = wireName;
        }
    }

    /// Whether that peer may speak for others.
    public boolean isTrusted(@Nullable InetSocketAddress peer) {
        return peer != null && peer.getAddress() != null && trusted.contains(peer.getAddress());
    }

    /// @param peer the connection's other end
    public InetAddress of(InetSocketAddress peer, HttpHeaders headers) {
        InetAddress nearest = withoutZone(peer.getAddress());
        List<String> hops = hops(headers);
        for (int i = hops.size() - 1; i >= 0 && trusted.contains(nearest); i--) {
            InetAddress named = address(hops.get(i));
            if (named == null) {
                return nearest;
            }
            nearest = named;
        }
        return nearest;
    }

    // The zone of a link-local address (fe80::1%eth0) means something on this machine alone.
    private static InetAddress withoutZone(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of another length", impossible);
        }
    }

    // In the order of the way here: the last was added by the nearest proxy.
    private List<String> hops(HttpHeaders headers) {
        List<String> hops = new ArrayList<>();
        for (String line : headers.getAll(header.wireName)) {
            for (String element : line.split(",", -1)) {
                hops.add(header == ForwardingHeader.FORWARDED ? forPart(element) : element.strip());
            }
        }
        return hops.size() > MOST_HOPS ? hops.subList(hops.size() - MOST_HOPS, hops.size()) : hops;
    }

    private static String forPart(String element) {
        for (String pair : element.split(";", -1)) {
            String stripped = pair.strip();
            if (stripped.toLowerCase(Locale.ROOT).startsWith("for=")) {
                return stripped.substring("for=".length()).replace("\"", "");
            }
        }
        return "";
    }

    // 10.0.0.1, 10.0.0.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80; anything else says nothing.
    private static @Nullable InetAddress address(String hop) {
        try {
            if (hop.startsWith("[")) {
                int end = hop.indexOf(']');
                return end < 0 ? null : AddressRanges.address(hop.substring(1, end));
            }
            int colon = hop.indexOf(':');
            boolean hasPort = colon > 0 && colon == hop.lastIndexOf(':');
            return AddressRanges.address(hasPort ? hop.substring(0, colon) : hop);
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }
}
