package io.weir.local.prove.stores;

import io.weir.local.prove.books.Warehouse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// Of every row of every table of Weir's database, as queries see it: without those that a later one replaced.
public final class ClickHouseSums {

    private static final String TABLES = "SELECT name, engine LIKE 'Replacing%' FROM system.tables"
            + " WHERE database = 'weir' AND engine LIKE '%MergeTree' ORDER BY name";

    private ClickHouseSums() {}

    /// Rows and sum, by table.
    public static Map<String, String> of(Warehouse warehouse) throws IOException, InterruptedException {
        Map<String, String> sums = new TreeMap<>();
        for (String line : warehouse.lines(TABLES)) {
            String[] cell = line.split("\t", -1);
            boolean replacing = cell[1].equals("1") || cell[1].equals("true");
            String sum = warehouse
                    .lines("SELECT count(), sum(cityHash64(*)) FROM weir.`" + cell[0] + "`"
                            + (replacing ? " FINAL" : ""))
                    .getFirst();
            sums.put(cell[0], sum.replace("\t", " rows, "));
        }
        return sums;
    }
}
