package io.weir.local.prove;

import io.weir.local.prove.books.Money;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Five calls at once, each of at most $0.15, on a cap of $0.45, while the provider is slow: nothing is settled before
/// all of them are decided.
final class FiveAtOnce {

    private static final long CEILING = Money.of("0.15");
    private static final int CALLS = 5;
    private static final int SLOW_MILLIS = 8_000;
    private static final int LONGEST_PADDING = 12;

    private final Trial trial;
    private final Client client;
    private final Weather weather;
    private final Ceilings ceilings;

    FiveAtOnce(Trial trial, Client client, Weather weather, Customer poor) throws IOException, InterruptedException {
        this.trial = trial;
        this.client = client;
        this.weather = weather;
        this.ceilings = exact(client, poor);
    }

    // A prompt with which some output limit costs exactly that.
    private static Ceilings exact(Client client, Customer poor) throws IOException, InterruptedException {
        for (int padding = 0; padding < LONGEST_PADDING; padding++) {
            Ceilings ceilings = Ceilings.learn(client, poor, "Five at once" + ".".repeat(padding));
            if (ceilings.meets(CEILING)) {
                return ceilings;
            }
        }
        throw new IOException("no prompt was found whose ceiling can be $0.15 exactly");
    }

    /// How many of the five are admitted.
    int admitted(List<Customer> customers, Collection<Seen> seen) throws IOException, InterruptedException {
        Customer customer = trial.provision("five", "0.45", 0);
        int index = customers.size();
        customers.add(customer);
        String body = ceilings.body(ceilings.tokensWithin(CEILING));
        weather.slow(SLOW_MILLIS);
        List<Future<Seen>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLS; i++) {
                calls.add(threads.submit(() -> decided(index, customer, body, seen)));
            }
        } finally {
            weather.clear();
        }
        int admitted = 0;
        for (Future<Seen> call : calls) {
            try {
                admitted += call.get().status() == 200 ? 1 : 0;
            } catch (ExecutionException failed) {
                throw new IOException("a call failed", failed.getCause());
            }
        }
        return admitted;
    }

    // Who is told to try again does so.
    private Seen decided(int index, Customer customer, String body, Collection<Seen> seen) throws InterruptedException {
        while (true) {
            Seen one = client.make(index, customer, ceilings.path(), body);
            synchronized (seen) {
                seen.add(one);
            }
            if (one.status() != 503) {
                return one;
            }
        }
    }
}
