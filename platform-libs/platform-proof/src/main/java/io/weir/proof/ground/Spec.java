package io.weir.proof.ground;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What a ground is made of. The same spec names the same databases and tenants, so that another class loader can
/// attach to what this one prepared.
///
/// @param name of the home database; a silo's is this and a number
/// @param password of all login roles
/// @param pool tenants in the shared tables; `bridge` in schemas of their own, `silo` in databases of their own
/// @param connections in each pool of the app role
public record Spec(Cluster cluster, String name, String password, int pool, int bridge, int silo, int connections) {

    private static final long TENANTS = 0x0195_a0c0_0000_7000L;

    /// Every tenant, always with the same ids.
    public List<Resident> residents() {
        List<Resident> all = new ArrayList<>();
        for (int i = 0; i < pool; i++) {
            all.add(resident(all.size(), Placement.POOL, name, "public"));
        }
        for (int i = 0; i < bridge; i++) {
            all.add(resident(all.size(), Placement.BRIDGE, name, "tenant_proof_" + i));
        }
        for (int i = 0; i < silo; i++) {
            all.add(resident(all.size(), Placement.SILO, name + "_silo_" + i, "public"));
        }
        return List.copyOf(all);
    }

    /// As text, for another class loader.
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("host", cluster.host());
        map.put("port", Integer.toString(cluster.port()));
        map.put("superuser", cluster.superuser());
        map.put("superuserPassword", cluster.password());
        map.put("name", name);
        map.put("password", password);
        map.put("pool", Integer.toString(pool));
        map.put("bridge", Integer.toString(bridge));
        map.put("silo", Integer.toString(silo));
        map.put("connections", Integer.toString(connections));
        return map;
    }

    /// What [#asMap] wrote.
    public static Spec of(Map<String, String> map) {
        return new Spec(
                new Cluster(
                        text(map, "host"), number(map, "port"), text(map, "superuser"), text(map, "superuserPassword")),
                text(map, "name"),
                text(map, "password"),
                number(map, "pool"),
                number(map, "bridge"),
                number(map, "silo"),
                number(map, "connections"));
    }

    private static Resident resident(int number, Placement placement, String database, String schema) {
        TenantId id = new TenantId(new UUID(TENANTS, 0x8000_0000_0000_0000L | (number + 1L)));
        return new Resident(new TenantContext(id, "growth", placement, "local"), database, schema);
    }

    private static String text(Map<String, String> map, String key) {
        String value = map.get(key);
        if (value == null) {
            throw new IllegalArgumentException("spec of a ground: no " + key);
        }
        return value;
    }

    private static int number(Map<String, String> map, String key) {
        return Integer.parseInt(text(map, key));
    }

    @Override
    public String toString() {
        return "Spec[" + name + " on " + cluster + ": " + pool + " + " + bridge + " + " + silo + "]";
    }
}
