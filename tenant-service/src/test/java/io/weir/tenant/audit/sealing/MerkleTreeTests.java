package io.weir.tenant.audit.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.AuditDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MerkleTreeTests {

    private static final HexFormat HEX = HexFormat.of();

    /// The inputs and roots that certificate-transparency implementations of RFC 6962 test with.
    private static final List<String> INPUTS =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    @Test
    void theRootsAreThoseOfRfc6962() {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < INPUTS.size(); i++) {
            leaves.add(AuditDigest.sha256(new byte[] {0}, HEX.parseHex(INPUTS.get(i))));
            assertThat(HEX.formatHex(MerkleTree.root(leaves)))
                    .as("%d leaves", i + 1)
                    .isEqualTo(ROOTS.get(i));
        }
        assertThat(HEX.formatHex(MerkleTree.root(List.of())))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void everyLeafAndItsPlaceCount() {
        Set<String> roots = new HashSet<>();
        for (int size = 1; size <= 20; size++) {
            List<byte[]> leaves = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                leaves.add(AuditDigest.sha256(new byte[] {(byte) i}));
            }
            assertThat(roots.add(HEX.formatHex(MerkleTree.root(leaves)))).isTrue();
            for (int i = 0; i + 1 < size; i++) {
                List<byte[]> swapped = new ArrayList<>(leaves);
                swapped.set(i, leaves.get(i + 1));
                swapped.set(i + 1, leaves.get(i));
                assertThat(roots.add(HEX.formatHex(MerkleTree.root(swapped)))).isTrue();
            }
        }
    }
}
