package io.weir.local.demo;

import io.weir.local.demo.Comparison.Figure;
import io.weir.local.demo.Invoicing.Invoiced;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Compares what each pair of neighbouring books says of one customer.
final class Ledgers {

    private static final int CENTS = 2;

    private final Books books;

    Ledgers(Books books) {
        this.books = books;
    }

    List<Comparison> compare(Customer customer, Books.Usage served, List<Invoiced> invoices)
            throws IOException, InterruptedException {
        Books.Usage metered = books.metered(customer.tenantId());
        BigDecimal cost = books.cost(customer.tenantId());
        BigDecimal invoiced = sum(invoices, "exactModelCost");
        BigDecimal total = sum(invoices, "total");
        BigDecimal charged = charged(invoices);
        String name = customer.name();
        return List.of(
                new Comparison(
                        name,
                        "requests",
                        count("providers", served.requests()),
                        count("ClickHouse", metered.requests())),
                new Comparison(
                        name, "tokens", count("providers", served.tokens()), count("ClickHouse", metered.tokens())),
                new Comparison(name, "exact model cost", money("ClickHouse", cost), money("invoice", invoiced)),
                new Comparison(name, "rounded lines", money("invoice", total), money("Stripe", charged)));
    }

    private static BigDecimal sum(List<Invoiced> invoices, String field) {
        return invoices.stream().map(one -> one.amount(field)).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    // From the lines, so that a total of Stripe's that does not fit its lines shows.
    private BigDecimal charged(List<Invoiced> invoices) throws IOException, InterruptedException {
        BigDecimal cents = BigDecimal.ZERO;
        for (Invoiced invoiced : invoices) {
            for (JsonNode line :
                    books.stripeInvoice(invoiced.stripeId()).path("lines").values()) {
                cents = cents.add(line.path("amount").decimalValue());
            }
        }
        return cents.movePointLeft(CENTS);
    }

    private static Figure count(String book, long count) {
        return new Figure(book, BigDecimal.valueOf(count), Screen.count(count));
    }

    private static Figure money(String book, BigDecimal amount) {
        return new Figure(book, amount, Screen.exactly(amount));
    }
}
