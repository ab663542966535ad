package io.weir.gateway.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.weir.gateway.address.ClientAddresses.ForwardingHeader;
import io.weir.security.AddressRanges;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressesTests {

    @Test
    void aLinkLocalAddressIsReadWithoutItsZone() throws Exception {
        byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();
        InetSocketAddress peer = new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 2), 4711);
        ClientAddresses addresses = new ClientAddresses(AddressRanges.of(List.of()), ForwardingHeader.X_FORWARDED_FOR);
        String text = addresses.of(peer, new DefaultHttpHeaders()).getHostAddress();
        assertThat(AddressRanges.address(text)).isEqualTo(InetAddress.ofLiteral("fe80::1"));
    }
}
