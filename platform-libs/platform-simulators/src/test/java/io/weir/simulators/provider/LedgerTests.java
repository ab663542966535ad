package io.weir.simulators.provider;

import static io.weir.simulators.provider.SimulatorClient.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LedgerTests {

    private static final int CLIENTS = 8;
    private static final int CALLS_EACH = 60;

    @Test
    void theBooksAgreeWithWhatEightClientsWereTold() throws Exception {
        try (ProviderSimulator simulator = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
                SimulatorClient client = new SimulatorClient(simulator);
                ExecutorService pool = Executors.newFixedThreadPool(CLIENTS)) {
            client.behave("\"errorRate\":0.2,\"errorStatus\":500,\"seed\":5");
            List<Future<Tally>> running = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> pool.submit(() -> callRepeatedly(simulator, number)))
                    .toList();
            Tally told = Tally.NONE;
            for (Future<Tally> tally : running) {
                told = told.plus(tally.get(60, TimeUnit.SECONDS));
            }
            JsonNode ledger = client.settledLedger();
            assertThat(told.answered() + told.failed()).isEqualTo(CLIENTS * CALLS_EACH);
            assertThat(told.failed()).isPositive();
            assertThat(tallyOf(ledger)).isEqualTo(told);
            assertThat(sumOfEntries(ledger)).isEqualTo(told);
        }
    }

    @Test
    void theSummaryLeavesTheEntriesOut() {
        withSimulator(ProviderSimulatorOptions.onAnyPort(), client -> {
            client.chat(HELLO);
            JsonNode summary = client.send("GET", "/_ledger?summary=true", "").json();
            assertThat(summary.path("requests").intValue()).isEqualTo(1);
            assertThat(summary.has("by_request")).isFalse();
        });
    }

    @Test
    void anEntryIsThereAsSoonAsItsAnswerIsRead() {
        withSimulator(ProviderSimulatorOptions.onAnyPort(), client -> {
            for (int i = 0; i < 50; i++) {
                Answer answer = client.chat(HELLO + (i % 2 == 0 ? "" : ",\"stream\":true"));
                JsonNode entry = client.ledger().path("by_request").path(answer.requestId());
                assertThat(entry.path("model").stringValue()).isEqualTo("gpt-4o-mini");
                assertThat(entry.path("stream").booleanValue()).isEqualTo(i % 2 == 1);
                assertThat(entry.path("cancelled").booleanValue()).isFalse();
                assertThat(entry.path("text_out").intValue()).isPositive();
            }
        });
    }

    @Test
    void refusedCallsAndLookUpsAreNotRequests() {
        withSimulator(ProviderSimulatorOptions.onAnyPort(), client -> {
            client.chat("\"model\":\"gpt-9\",\"messages\":[]");
            client.send("GET", "/v1/models", "");
            client.send("GET", "/v1/nothing", "");
            JsonNode ledger = client.ledger();
            assertThat(ledger.path("requests").intValue()).isZero();
            assertThat(ledger.path("failed").intValue()).isEqualTo(1);
            assertThat(ledger.path("text_in").intValue()).isZero();
            assertThat(ledger.path("by_request").isEmpty()).isTrue();
        });
    }

    @Test
    void aFullLedgerForgetsTheOldestEntriesButNotTheirSums() {
        withSimulator(ProviderSimulatorOptions.onAnyPort().withLedgerCapacity(3), client -> {
            List<String> ids = IntStream.range(0, 5)
                    .mapToObj(i -> client.chat(HELLO + ",\"max_tokens\":2").requestId())
                    .toList();
            JsonNode ledger = client.ledger();
            assertThat(ledger.path("by_request").propertyNames()).containsExactlyElementsOf(ids.subList(2, 5));
            assertThat(ledger.path("requests").intValue()).isEqualTo(5);
            assertThat(ledger.path("text_out").intValue()).isEqualTo(10);
            assertThat(ledger.path("evicted").intValue()).isEqualTo(2);
        });
    }

    @Test
    void clearingEmptiesTheBooks() {
        withSimulator(ProviderSimulatorOptions.onAnyPort(), client -> {
            client.chat(HELLO);
            assertThat(client.send("DELETE", "/_ledger", "").status()).isEqualTo(204);
            JsonNode ledger = client.ledger();
            assertThat(ledger.path("requests").intValue()).isZero();
            assertThat(ledger.path("text_in").intValue()).isZero();
            assertThat(ledger.path("by_request").isEmpty()).isTrue();
        });
    }

    private static Tally callRepeatedly(ProviderSimulator simulator, int number) {
        try (SimulatorClient client = new SimulatorClient(simulator)) {
            Tally told = Tally.NONE;
            for (int i = 0; i < CALLS_EACH; i++) {
                String seed = ",\"seed\":" + (number * CALLS_EACH + i);
                told = told.plus(i % 2 == 0 ? plain(client, seed) : streamed(client, seed));
            }
            return told;
        }
    }

    private static Tally plain(SimulatorClient client, String seed) {
        Answer answer = client.chat(HELLO + seed);
        return answer.status() == 200 ? Tally.of(answer.json().path("usage")) : Tally.FAILED;
    }

    private static Tally streamed(SimulatorClient client, String seed) {
        Answer answer = client.chat(HELLO + seed + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        return answer.status() == 200 ? Tally.of(answer.events().getLast().path("usage")) : Tally.FAILED;
    }

    private static Tally tallyOf(JsonNode ledger) {
        return new Tally(
                ledger.path("requests").intValue(),
                ledger.path("failed").intValue(),
                ledger.path("text_in").longValue(),
                ledger.path("text_out").longValue());
    }

    private static Tally sumOfEntries(JsonNode ledger) {
        Tally sum = new Tally(0, ledger.path("failed_by_request").size(), 0, 0);
        for (JsonNode entry : ledger.path("by_request").values()) {
            sum = sum.plus(new Tally(
                    1,
                    0,
                    entry.path("text_in").longValue(),
                    entry.path("text_out").longValue()));
        }
        return sum;
    }

    private static void withSimulator(ProviderSimulatorOptions options, Consumer<SimulatorClient> steps) {
        try (ProviderSimulator simulator = ProviderSimulator.start(options);
                SimulatorClient client = new SimulatorClient(simulator)) {
            steps.accept(client);
        }
    }

    private record Tally(int answered, int failed, long textIn, long textOut) {

        static final Tally NONE = new Tally(0, 0, 0, 0);
        static final Tally FAILED = new Tally(0, 1, 0, 0);

        static Tally of(JsonNode usage) {
            return new Tally(
                    1,
                    0,
                    usage.path("prompt_tokens").longValue(),
                    usage.path("completion_tokens").longValue());
        }

        Tally plus(Tally other) {
            return new Tally(
                    answered + other.answered, failed + other.failed, textIn + other.textIn, textOut + other.textOut);
        }
    }
}
