package io.weir.security;

/// How services learn where a call came from.
public final class ClientAddress {

    /// The header in which the gateway tells services the caller's address: an IPv4 or IPv6 literal. The
    /// gateway takes away what a client sends under this name.
    public static final String HEADER = "x-weir-client-address";

    private ClientAddress() {}
}
