package io.weir.local.demo;

import io.weir.local.demo.Invoicing.Invoiced;
import io.weir.local.platform.PlatformApi;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/// One run of the demo against a running platform. Provisions customers of its own, so that a platform that is in use
/// serves as well as a new one.
public final class Demo {

    private final JsonNode platform;
    private final long seed;
    private final Path pages;
    private final Screen screen;

    /// @param platform what `platform.json` holds
    /// @param pages a directory for the invoices' pages
    public Demo(JsonNode platform, long seed, Path pages, PrintWriter out, Ansi ansi) {
        this.platform = platform;
        this.pages = pages;
        this.seed = seed;
        this.screen = new Screen(out, ansi);
    }

    /// Tells the whole story. Fails where a call fails; figures that differ are a result, not a failure.
    public DemoResult run() throws IOException, InterruptedException {
        refuseRealProviders();
        screen.title("Weir: one API, every provider, every drop measured.", "seed " + seed);
        String gateway = platform.path("gateway").asString();
        try (PlatformApi api = new PlatformApi(gateway);
                Books books = new Books(platform)) {
            Instant began = Instant.now();
            List<Customer> customers = new Cast(api, adminKey(), screen).provision();
            Map<Customer, List<MadeCall>> made = call(api, gateway, customers);
            new Savings(api, screen).show(made);
            Map<Customer, List<Invoiced>> invoices =
                    new Invoicing(api, adminKey(), pages, screen).invoice(customers, began);
            return compare(books, made, invoices);
        }
    }

    private String adminKey() {
        return platform.path("adminKey").asString();
    }

    // The demo spends nobody's money.
    private void refuseRealProviders() throws IOException {
        String simulator = platform.path("providerSimulator").asString("");
        for (Map.Entry<String, JsonNode> provider : platform.path("providers").properties()) {
            if (!provider.getValue().asString("").startsWith(simulator)) {
                throw new IOException("the demo does not run against real providers, and " + provider.getKey()
                        + " is at " + provider.getValue().asString("")
                        + "; fix: ./weir down, then ./weir up without --real");
            }
        }
    }

    private Map<Customer, List<MadeCall>> call(PlatformApi api, String gateway, List<Customer> customers)
            throws IOException, InterruptedException {
        Calls calls = new Calls(api, gateway, screen);
        calls.head();
        DemoScript script = new DemoScript(seed);
        Map<Customer, List<MadeCall>> made = new LinkedHashMap<>();
        for (int i = 0; i < customers.size(); i++) {
            Customer customer = customers.get(i);
            made.put(customer, calls.make(customer, script.calls(DemoScript.ROLES.get(i))));
        }
        return made;
    }

    private DemoResult compare(Books books, Map<Customer, List<MadeCall>> made, Map<Customer, List<Invoiced>> invoices)
            throws IOException, InterruptedException {
        Ledgers ledgers = new Ledgers(books);
        List<Comparison> all = new ArrayList<>();
        long requests = 0;
        long tokens = 0;
        for (Map.Entry<Customer, List<MadeCall>> one : made.entrySet()) {
            Books.Usage served = books.served(
                    one.getValue().stream().map(MadeCall::requestId).collect(Collectors.toSet()));
            requests += served.requests();
            tokens += served.tokens();
            all.addAll(ledgers.compare(one.getKey(), served, invoices.getOrDefault(one.getKey(), List.of())));
        }
        BigDecimal difference = all.stream().map(Comparison::difference).reduce(BigDecimal.ZERO, BigDecimal::add);
        new ClosingTable(screen).show(all, difference);
        int sent = invoices.values().stream().mapToInt(List::size).sum();
        BigDecimal plain = difference.signum() == 0 ? BigDecimal.ZERO : difference.stripTrailingZeros();
        return new DemoResult(seed, requests, tokens, sent, plain);
    }
}
