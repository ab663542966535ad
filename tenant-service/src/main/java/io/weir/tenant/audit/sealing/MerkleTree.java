package io.weir.tenant.audit.sealing;

import io.weir.audit.AuditDigest;
import java.util.ArrayList;
import java.util.List;

/// The Merkle tree hash of RFC 6962, section 2.1: a node is SHA-256 of a byte 1 and the hashes of its two
/// halves, of which the left one has the largest power of two leaves that is less than all. Leaves are
/// hashed with a byte 0 before them, so that none can pass for a node.
final class MerkleTree {

    private static final byte[] NODE = {1};

    private MerkleTree() {}

    /// The root over leaf hashes. Of none, SHA-256 of nothing.
    static byte[] root(List<byte[]> leaves) {
        if (leaves.isEmpty()) {
            return AuditDigest.sha256();
        }
        // Halving from the bottom, with the odd one carried up, makes the same tree.
        List<byte[]> level = leaves;
        while (level.size() > 1) {
            List<byte[]> above = new ArrayList<>((level.size() + 1) / 2);
            for (int i = 0; i + 1 < level.size(); i += 2) {
                above.add(AuditDigest.sha256(NODE, level.get(i), level.get(i + 1)));
            }
            if (level.size() % 2 == 1) {
                above.add(level.getLast());
            }
            level = above;
        }
        return level.getFirst();
    }
}
