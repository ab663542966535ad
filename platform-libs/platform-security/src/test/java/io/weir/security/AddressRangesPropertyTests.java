package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AddressRangesPropertyTests {

    record Range(byte[] address, int prefix) {

        String text() {
            return literal(address) + "/" + prefix;
        }

        // By shifting numbers, not by intervals.
        boolean holds(byte[] other) {
            int away = address.length * 8 - prefix;
            return other.length == address.length
                    && new BigInteger(1, address).shiftRight(away).equals(new BigInteger(1, other).shiftRight(away));
        }
    }

    @Property(tries = 1_000)
    void anAddressIsInsideWhereItSharesARangesPrefix(
            @ForAll("ranges") List<Range> ranges, @ForAll("addresses") byte[] address) {
        AddressRanges all = AddressRanges.of(ranges.stream().map(Range::text).toList());
        assertThat(all.contains(AddressRanges.address(literal(address))))
                .isEqualTo(ranges.stream().anyMatch(range -> range.holds(address)));
    }

    @Property(tries = 300)
    void bothEndsOfARangeAreInside(@ForAll("ranges") List<Range> ranges) {
        for (Range range : ranges) {
            BigInteger size = BigInteger.ONE.shiftLeft(range.address().length * 8 - range.prefix());
            BigInteger first = new BigInteger(1, range.address()).divide(size).multiply(size);
            AddressRanges one = AddressRanges.of(List.of(range.text()));
            int length = range.address().length;
            assertThat(one.contains(AddressRanges.address(literal(bytes(first, length)))))
                    .isTrue();
            assertThat(one.contains(
                            AddressRanges.address(literal(bytes(first.add(size).subtract(BigInteger.ONE), length)))))
                    .isTrue();
        }
    }

    @Example
    void aMappedAddressIsTheIpv4One() {
        AddressRanges ten = AddressRanges.of(List.of("10.0.0.0/8"));
        assertThat(ten.contains(AddressRanges.address("::ffff:10.1.2.3"))).isTrue();
        assertThat(ten.contains(AddressRanges.address("::ffff:a01:203"))).isTrue();
        assertThat(ten.contains(AddressRanges.address("::10.1.2.3"))).isFalse();
        assertThat(AddressRanges.of(List.of("::ffff:10.0.0.0/104")).contains(AddressRanges.address("10.9.9.9")))
                .isTrue();
        assertThat(AddressRanges.of(List.of("::/0")).contains(AddressRanges.address("10.1.2.3")))
                .isFalse();
        assertThat(AddressRanges.ALL.contains(AddressRanges.address("10.1.2.3")))
                .isTrue();
    }

    @Example
    void whatIsNoRangeIsRefusedByItsText() {
        for (String wrong : new String[] {
            "",
            "/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0/8",
            "::/129",
            "localhost",
            "fe80::1%eth0",
            "10.0.0.1/",
            "010.0.0.1/8/8",
            "example.com/8",
            "1.2.3.4.5",
            "256.1.1.1",
            "::ffff:10.0.0.0/95"
        }) {
            assertThatThrownBy(() -> AddressRanges.of(List.of(wrong)))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "'");
        }
    }

    @Provide
    Arbitrary<List<Range>> ranges() {
        Arbitrary<Range> four = Combinators.combine(
                        four(), Arbitraries.integers().between(0, 32))
                .as(Range::new);
        Arbitrary<Range> six = Combinators.combine(six(), Arbitraries.integers().between(0, 128))
                .as(Range::new);
        return Arbitraries.oneOf(four, six).list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<byte[]> addresses() {
        return Arbitraries.oneOf(four(), six());
    }

    // Few different octets, so that ranges are hit.
    private static Arbitrary<byte[]> four() {
        return Arbitraries.bytes()
                .between((byte) -2, (byte) 2)
                .array(byte[].class)
                .ofSize(4);
    }

    private static Arbitrary<byte[]> six() {
        return Arbitraries.bytes()
                .between((byte) -2, (byte) 2)
                .array(byte[].class)
                .ofSize(16)
                .filter(bytes -> bytes[0] != 0);
    }

    private static byte[] bytes(BigInteger number, int length) {
        byte[] all = number.toByteArray();
        byte[] padded = new byte[length];
        int used = Math.min(all.length, length);
        System.arraycopy(all, all.length - used, padded, length - used, used);
        return padded;
    }

    private static String literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException(wrongLength);
        }
    }
}
