package io.weir.billing.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.allocation.Allocation.Owned;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AllocationTests {

    private static final List<Rule> RULES = List.of(
            new Rule("databases of their own", "Postgres", "silo-", "tenant", new Method.Direct("tenant")),
            new Rule("cluster", "Compute", null, null, new Method.Proportional("cpu_seconds")),
            new Rule("support", "Support", null, null, new Method.Fixed(Map.of("a", weight("3"), "b", weight("1")))),
            new Rule("network", "Network", null, null, new Method.Even()));
    private static final Drivers DRIVERS = new Drivers(
            Set.of("a", "b", "c"),
            Map.of("cpu_seconds", Map.of("a", weight("30"), "b", weight("20"))),
            Map.of("cpu_seconds", weight("100")));

    private static BigDecimal weight(String text) {
        return new BigDecimal(text);
    }

    private static BillRow row(int line, String service, String resource, String cost, Map<String, String> tags) {
        return new BillRow(line, service, resource, BillRow.billionths(new BigDecimal(cost)), tags);
    }

    @Test
    void eachPartOfABillHasAnOwnerAndAReason() {
        List<BillRow> bill = List.of(
                row(1, "Postgres", "silo-a", "12.50", Map.of("tenant", "a")),
                row(2, "Postgres", "silo-x", "2", Map.of("tenant", "left last month")),
                row(3, "Postgres", "shared", "40", Map.of()),
                row(4, "Compute", "n1", "70", Map.of()),
                row(5, "Compute", "n2", "30", Map.of()),
                row(6, "Support", "", "10", Map.of()),
                row(7, "Network", "", "1", Map.of()),
                row(8, "Network", "", "-0.01", Map.of()));
        Allocation allocation = Allocation.of(bill, RULES, DRIVERS);
        assertThat(allocation.amounts())
                .containsExactly(
                        new Owned("(no rule)", Allocation.UNALLOCATED, 40_000_000_000L),
                        new Owned("cluster", Allocation.IDLE, 50_000_000_000L),
                        new Owned("cluster", "a", 30_000_000_000L),
                        new Owned("cluster", "b", 20_000_000_000L),
                        new Owned("databases of their own", Allocation.UNALLOCATED, 2_000_000_000L),
                        new Owned("databases of their own", "a", 12_500_000_000L),
                        new Owned("network", "a", 330_000_000L),
                        new Owned("network", "b", 330_000_000L),
                        new Owned("network", "c", 330_000_000L),
                        new Owned("support", "a", 7_500_000_000L),
                        new Owned("support", "b", 2_500_000_000L));
        assertThat(allocation.byOwner()).containsEntry("a", 50_330_000_000L);
        assertThat(allocation.total()).isEqualTo(165_490_000_000L);
    }

    @Test
    void whereNobodyUsedAnythingNobodyIsCharged() {
        Drivers idle = new Drivers(Set.of("a"), Map.of(), Map.of("cpu_seconds", weight("10")));
        Drivers unknown = new Drivers(Set.of(), Map.of(), Map.of());
        List<BillRow> bill = List.of(row(1, "Compute", "n1", "70", Map.of()), row(2, "Network", "", "1", Map.of()));
        assertThat(Allocation.of(bill, RULES, idle).byOwner())
                .isEqualTo(Map.of(Allocation.IDLE, 70_000_000_000L, "a", 1_000_000_000L));
        assertThat(Allocation.of(bill, RULES, unknown).byOwner())
                .isEqualTo(Map.of(Allocation.UNALLOCATED, 71_000_000_000L));
    }

    @Test
    void whatCannotBeCountedIsRefused() {
        assertThatThrownBy(() -> BillRow.billionths(new BigDecimal("0.0000000001")))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Method.Fixed(Map.of("a", BigDecimal.ZERO))).hasMessageContaining("one positive");
    }

    /// A thousand random bills: to the billionth the bill, whatever the order, and each share what a slow count says.
    @Property(tries = 1_000)
    void aBillIsSpreadToTheLastBillionth(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> tenants = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            tenants.add("tenant-" + i);
        }
        Map<String, BigDecimal> used = new TreeMap<>();
        tenants.stream()
                .filter(tenant -> random.nextInt(4) > 0)
                .forEach(tenant -> used.put(tenant, BigDecimal.valueOf(random.nextInt(10_000), random.nextInt(4))));
        Map<String, BigDecimal> capacity =
                random.nextBoolean() ? Map.of("cpu_seconds", BigDecimal.valueOf(random.nextInt(60_000))) : Map.of();
        Drivers drivers = new Drivers(new HashSet<>(tenants), Map.of("cpu_seconds", used), capacity);
        List<BillRow> bill = new ArrayList<>();
        String[] services = {"Postgres", "Compute", "Support", "Network", "Elsewhere"};
        for (int i = random.nextInt(60); i >= 0; i--) {
            String tenant = tenants.get(random.nextInt(tenants.size()));
            long cost = random.nextLong(-1_000_000_000L, 2_000_000_000_000L);
            bill.add(new BillRow(i, services[random.nextInt(5)], "silo-" + i, cost, Map.of("tenant", tenant)));
        }
        Allocation allocation = Allocation.of(bill, RULES, drivers);
        long sum = bill.stream().mapToLong(BillRow::cost).sum();
        assertThat(allocation.total()).isEqualTo(sum);
        assertThat(allocation.amounts().stream().mapToLong(Owned::cost).sum()).isEqualTo(sum);
        Collections.shuffle(bill, random);
        assertThat(Allocation.of(bill, RULES, drivers)).isEqualTo(allocation);
        long compute = bill.stream()
                .filter(row -> row.service().equals("Compute"))
                .mapToLong(BillRow::cost)
                .sum();
        fairly(allocation, compute, used, capacity);
    }

    // Within a billionth of the exact share.
    private static void fairly(
            Allocation allocation, long cost, Map<String, BigDecimal> used, Map<String, BigDecimal> capacity) {
        BigDecimal all = used.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal whole = capacity.getOrDefault("cpu_seconds", all).max(all);
        for (Owned owned : allocation.amounts()) {
            BigDecimal own = used.get(owned.owner());
            if (owned.rule().equals("cluster") && own != null && whole.signum() > 0) {
                BigInteger exact = own.movePointRight(4)
                        .toBigIntegerExact()
                        .multiply(BigInteger.valueOf(cost))
                        .divide(whole.movePointRight(4).toBigIntegerExact());
                assertThat(owned.cost() - exact.longValueExact()).isBetween(-1L, 1L);
            }
        }
    }
}
