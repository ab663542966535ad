package io.weir.local.prove;

import io.weir.local.prove.books.Account;
import io.weir.local.prove.books.CapWalk;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.books.Money;
import io.weir.local.prove.books.Reconciliation.Found;
import io.weir.local.prove.books.Refusals.Judged;
import io.weir.local.prove.load.Customer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The books of a trial side by side, tenant by tenant.
final class MeteringTable {

    private static final int[] COUNTS = {10, 9, 8, 8, 9, 9, 9, 10, 8, 12, 8, 6};
    private static final int[] MONEY = {10, 14, 14, 14, 14, 12, 14, 14, 9};

    private final Undertaking undertaking;
    private final List<Customer> customers;

    MeteringTable(Undertaking undertaking, List<Customer> customers) {
        this.undertaking = undertaking;
        this.customers = customers;
    }

    void print(Found found, LedgerContents contents, Judged refusals) {
        undertaking.say("");
        row(
                COUNTS,
                "TENANT",
                "ATTEMPTS",
                "HELD",
                "SETTLED",
                "RELEASED",
                "RECOVERED",
                "KAFKA",
                "CLICKHOUSE",
                "SEALED",
                "UNEXPLAINED",
                "DOUBLED",
                "OPEN");
        found.accounts().forEach(this::counts);
        undertaking.say("");
        row(
                MONEY,
                "US DOLLARS",
                "KAFKA",
                "CLICKHOUSE",
                "SEALED",
                "BUDGET DEBITS",
                "CAP",
                "MOST COMMITTED",
                "RECOVERED MORE",
                "OVERRUNS");
        found.accounts()
                .forEach((tenant, one) -> money(tenant, one, contents.caps().get(tenant)));
        undertaking.say("");
        undertaking.say("budgets: " + refusals.exceeded() + " calls refused as exceeded, " + refusals.mistaken()
                + " of these falsely; " + refusals.recovering()
                + " refused during a lease's recovery, the longest took "
                + refusals.longestRecovery().toMillis() + " ms; " + contents.duplicates()
                + " duplicate settlements dropped");
    }

    private void counts(String tenant, Account one) {
        row(
                COUNTS,
                name(tenant),
                one.provider(),
                one.held(),
                one.settled(),
                one.released(),
                one.recovered(),
                one.kafkaRows(),
                one.clickHouseRows(),
                one.sealedRows(),
                one.unexplained(),
                one.doubled(),
                one.openHolds());
    }

    private void money(String tenant, Account one, @Nullable CapWalk cap) {
        row(
                MONEY,
                name(tenant),
                Money.text(one.kafkaCost()),
                Money.text(one.clickHouseCost()),
                Money.text(one.sealedCost()),
                cap == null ? "-" : Money.text(one.debits()),
                cap == null ? "-" : Money.text(cap.cap()),
                cap == null ? "-" : Money.text(cap.most()),
                Money.text(one.recoveredDifference()),
                cap == null ? "-" : cap.overruns());
    }

    private void row(int[] widths, Object... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String text = String.valueOf(cells[i]);
            String padding = " ".repeat(Math.max(0, widths[i] - text.length()));
            line.append(i == 0 ? text + padding : padding + text).append(i == cells.length - 1 ? "" : " ");
        }
        undertaking.say(line.toString());
    }

    private String name(String tenant) {
        return customers.stream()
                .filter(customer -> customer.tenantId().equals(tenant))
                .map(Customer::slug)
                .findFirst()
                .orElse(tenant);
    }
}
