package io.weir.tenant.audit.sealing;

import io.weir.security.TrustedKeys;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.AuditRecord;
import io.weir.tenant.audit.AuditRow;
import io.weir.tenant.audit.sealing.AuditExport.Exported;
import io.weir.tenant.audit.sealing.Verdict.Broken;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Checks one checkpoint: against the one before, its signature, its export and its records. Pure.
final class CheckpointCheck {

    private final TenantId tenant;
    private final TrustedKeys keys;
    private final Checkpoint checkpoint;
    private final @Nullable Exported exported;

    /// @param exported null: it was not exported, or exports are not looked at
    CheckpointCheck(TenantId tenant, TrustedKeys keys, Checkpoint checkpoint, @Nullable Exported exported) {
        this.tenant = tenant;
        this.keys = keys;
        this.checkpoint = checkpoint;
        this.exported = exported;
    }

    /// Whether it is the one that follows.
    ///
    /// @param before null: it must be the first
    Optional<Broken> chain(@Nullable Checkpoint before) {
        long from = before == null ? 1 : before.to() + 1;
        String name = "checkpoint " + checkpoint.number();
        if (!checkpoint.tenant().equals(tenant)) {
            return broken(from, name + " belongs to another tenant");
        }
        if (!checkpoint.isSigned(keys)) {
            return broken(from, name + " is not signed by an audit key that is trusted");
        }
        Exported outside = exported;
        if (outside != null && !outside.checkpoint().equals(checkpoint)) {
            return broken(from, name + " differs from its export");
        }
        if (checkpoint.from() != from || checkpoint.to() < from) {
            return broken(
                    from,
                    name + " covers records " + checkpoint.from() + " to " + checkpoint.to() + " (expected: from "
                            + from + ")");
        }
        String previous = before == null ? Checkpoint.NONE : before.digest();
        return checkpoint.previous().equals(previous)
                ? Optional.empty()
                : broken(from, name + " does not name the one before it");
    }

    /// Whether its records are those that were sealed. Names the first that is not.
    Optional<Broken> records(List<AuditRow> rows) {
        List<byte[]> leaves = exported == null ? null : exported.leaves();
        String root = HexFormat.of().formatHex(MerkleTree.root(leaves == null ? List.of() : leaves));
        if (leaves == null || !root.equals(checkpoint.root()) || leaves.size() != size()) {
            return withoutLeaves(rows, leaves != null);
        }
        for (int i = 0; i < leaves.size(); i++) {
            long seq = checkpoint.from() + i;
            if (i >= rows.size() || rows.get(i).seq() > seq) {
                return broken(seq, "the record is missing");
            }
            AuditRow row = rows.get(i);
            if (row.seq() < seq) {
                return broken(row.seq(), "the record stands there twice");
            }
            if (!isLeaf(row, seq, leaves.get(i))) {
                return broken(seq, change(row, leaves));
            }
        }
        return rows.size() > leaves.size()
                ? broken(rows.get(leaves.size()).seq(), "the record was added")
                : Optional.empty();
    }

    private long size() {
        return checkpoint.to() - checkpoint.from() + 1;
    }

    // The root alone tells that something is wrong, and seldom what.
    private Optional<Broken> withoutLeaves(List<AuditRow> rows, boolean damaged) {
        for (int i = 0; i < Math.max(rows.size(), size()); i++) {
            long seq = checkpoint.from() + i;
            if (i >= rows.size() || rows.get(i).seq() != seq) {
                return broken(seq, "a record is missing, or was added");
            }
            if (rows.get(i).record().isEmpty()) {
                return broken(seq, "the record was changed: it holds what is never recorded");
            }
        }
        List<byte[]> now = rows.stream()
                .flatMap(row -> row.record().stream())
                .map(AuditRecord::leaf)
                .toList();
        if (!HexFormat.of().formatHex(MerkleTree.root(now)).equals(checkpoint.root())) {
            return broken(
                    checkpoint.from(),
                    "one of the records " + checkpoint.from() + " to " + checkpoint.to()
                            + " was changed; which one, only exported leaves can tell");
        }
        return damaged
                ? broken(checkpoint.from(), "the export of checkpoint " + checkpoint.number() + " was changed")
                : Optional.empty();
    }

    private static boolean isLeaf(AuditRow row, long place, byte[] leaf) {
        return row.record()
                .map(record -> Arrays.equals(record.leafAt(place), leaf))
                .orElse(false);
    }

    private String change(AuditRow row, List<byte[]> leaves) {
        for (int i = 0; i < leaves.size(); i++) {
            if (isLeaf(row, checkpoint.from() + i, leaves.get(i))) {
                return "the record was moved: this was sealed as record " + (checkpoint.from() + i);
            }
        }
        return "the record was changed";
    }

    private static Optional<Broken> broken(long seq, String what) {
        return Optional.of(new Broken(seq, what));
    }
}
