package io.weir.proof.attack;

import io.weir.proof.ground.Ground;
import io.weir.proof.ground.Resident;
import io.weir.tenancy.Placement;
import java.sql.SQLException;
import java.util.List;

/// Who attacks whom, and where: both have rows in the attacker's schema.
public record Target(Ground ground, Resident attacker, Resident victim) {

    /// A target in the placement.
    public static Target in(Ground ground, Placement placement) {
        List<Resident> all = ground.residents();
        Resident attacker = all.stream()
                .filter(one -> one.tenant().placement() == placement)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nobody is placed in " + placement));
        return new Target(ground, attacker, attacker.equals(all.get(0)) ? all.get(1) : all.get(0));
    }

    /// Statements with who they are about put in.
    String named(String sql) {
        return sql.replace("${victim}", victim.tenant().id().toString())
                .replace("${attacker}", attacker.tenant().id().toString())
                .replace("${schema}", attacker.schema())
                .replace("${database}", attacker.database())
                .replace("${own-id}", Integer.toString(victim.ownId()))
                .replace("${own-title}", victim.ownTitle());
    }

    /// A digest of every row of the victim in the attacker's schema, as the superuser sees it.
    String victimsRows() throws SQLException {
        return String.join(
                ",",
                ground.asSuperuserRead(
                        attacker,
                        named("SELECT md5(coalesce(string_agg(r, '|' ORDER BY r), '')) FROM ("
                                + "SELECT n::text AS r FROM note n WHERE tenant_id = '${victim}'"
                                + " UNION ALL SELECT r::text FROM remark r WHERE tenant_id = '${victim}'"
                                + " UNION ALL SELECT e::text FROM entry e WHERE tenant_id = '${victim}') all_rows")));
    }

    @Override
    public String toString() {
        return attacker + " on " + victim;
    }
}
