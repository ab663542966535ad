package io.weir.billing.rerating;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.billing.invoice.InvoiceDesk;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Beside an analytics service that has two tenants' October, in pages of two rows.
class ReratingIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = "/api/billing/reratings";
    private static final String OCTOBER = "{\"from\": \"2026-10-01T00:00:00Z\", \"to\": \"2026-11-01T00:00:00Z\"";
    private static final String HOUR = "2026-10-02T10:00:00Z";
    private static final String IN = "openai/m/text_in@2026-01-01";
    private static final String CACHED = "openai/m/text_in_cached@2026-01-01";

    @TempDir
    private Path directory;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile List<String> rows = List.of();
    private volatile int status = 200;
    private HttpServer analytics;
    private Billing billing;
    private InvoiceDesk desk;
    private TenantId ours;
    private TenantId others;

    @BeforeEach
    void start() throws IOException, SQLException {
        analytics = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        analytics.createContext("/api/analytics/attempts", this::page);
        analytics.start();
        Path book = Files.writeString(directory.resolve("book.json"), book("0.2"));
        billing = Billing.start(
                directory,
                "--weir.billing.price-book=file:" + book,
                "--weir.services.analytics=http://127.0.0.1:"
                        + analytics.getAddress().getPort());
        desk = new InvoiceDesk(billing);
        billing.publish(billing.tenantService, SnapshotTopic.PLANS, "starter", 1, Snapshots.starter());
        Eventually.passes(
                WAIT,
                () -> assertThat(billing.get("/api/billing/prices", billing.operator())
                                .status())
                        .isEqualTo(200));
        // Not before: the reader of topics counts its pauses by this clock.
        billing.clock.set("2026-11-01T00:30:00Z");
        ours = desk.tenant();
        others = desk.tenant();
        rows = List.of(
                row(
                        ours,
                        1,
                        "\"text_in\":1000,\"text_in_cached\":1000000",
                        line("text_in", 1_000, "0.000002", IN, "0.002") + ","
                                + line("text_in_cached", 1_000_000, "0.0000002", CACHED, "0.2"),
                        "0.202",
                        ""),
                row(ours, 2, "\"text_in\":7", line("text_in", 7, "0.000002", IN, "0.000014"), "0.000014", ""),
                row(
                        ours,
                        3,
                        "\"text_in\":500",
                        "",
                        "0",
                        ",\"unpriced\":{\"reason\":\"unknown_meter\",\"meters\":{\"dreams\":100}}"),
                row(others, 4, "\"text_in\":9", line("text_in", 9, "0.000002", IN, "0.000018"), "0.000018", ""),
                row(others, 5, "", "", "0.5", ""));
        seal(ours, 1_007, "0.002014", 1_000_000, "0.2");
        seal(others, 9, "0.000018", 0, "0");
    }

    @AfterEach
    void stop() {
        billing.close();
        analytics.stop(0);
    }

    @Test
    void aCorrectionIsShownPerTenantAndThenAppliedAsItWasShown() {
        correct("0.3");
        Answer dry = billing.post(PATH, OCTOBER + "}", billing.operator());
        assertThat(dry.status()).as(dry.response().body()).isEqualTo(201);
        assertThat(dry.text("status")).isEqualTo("dry_run");
        // A million cached tokens, 0.1 per million dearer.
        assertThat(dry.text("difference")).isEqualTo("0.1");
        assertThat(dry.json().path("books").path("list").asLong()).isEqualTo(2);
        JsonNode mine = of(dry, ours);
        assertThat(mine.path("before").asString()).isEqualTo("0.202014");
        assertThat(mine.path("after").asString()).isEqualTo("0.302014");
        assertThat(mine.path("difference").asString()).isEqualTo("0.1");
        assertThat(counts(mine)).isEqualTo("3 rows: 1 unchanged, 1 changed, 0 released, 1 unpriced, 0 kept");
        JsonNode theirs = of(dry, others);
        assertThat(theirs.path("difference").asString()).isEqualTo("0");
        assertThat(counts(theirs)).isEqualTo("2 rows: 1 unchanged, 0 changed, 0 released, 0 unpriced, 1 kept");
        assertThat(billing.count("SELECT count(*) FROM rerating_delta")).isEqualTo(1);
        assertThat(cost(ours)).isEqualTo("0.202014");

        Answer applied = apply(dry);
        assertThat(applied.text("status")).isEqualTo("applied");
        assertThat(apply(dry).status()).isEqualTo(200);
        assertThat(cost(ours)).isEqualTo("0.302014");
        assertThat(cost(others)).isEqualTo("0.000018");
        // The rows were asked for by a service that says who it is.
        assertThat(asked)
                .anyMatch(query -> query.contains("cursor="))
                .allMatch(query -> query.contains("from=2026-10-01"));
    }

    @Test
    void aLaterRunStandsInPlaceOfAnEarlierOne() {
        correct("0.3");
        apply(billing.post(PATH, OCTOBER + "}", billing.operator()));
        Answer outdated = billing.post(PATH, OCTOBER + "}", billing.operator());
        correct("0.25");
        Answer second = billing.post(PATH, OCTOBER + "}", billing.operator());
        assertThat(apply(second).status()).isEqualTo(200);
        assertThat(cost(ours)).isEqualTo("0.252014");
        Answer refused = apply(outdated);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("detail")).contains("Another run of some of these hours was applied since");
        // Back to what it was: nothing of the earlier ones stays.
        correct("0.2");
        apply(billing.post(PATH, OCTOBER + "}", billing.operator()));
        assertThat(cost(ours)).isEqualTo("0.202014");
    }

    @Test
    void whatHadNoPriceIsPricedAndReleasedOnceItsCounterHasAMeter() {
        Answer dry =
                billing.post(PATH, OCTOBER + ", \"counters\": {\"openai:dreams\": \"text_out\"}}", billing.operator());
        // 500 of text at 2 per million, 100 dreams as text at 10 per million.
        assertThat(dry.text("difference")).isEqualTo("0.002");
        assertThat(of(dry, ours).path("released").asLong()).isEqualTo(1);
        apply(dry);
        assertThat(cost(ours)).isEqualTo("0.204014");
        // A later run without the word does not take it back.
        correct("0.3");
        apply(billing.post(PATH, OCTOBER + "}", billing.operator()));
        assertThat(cost(ours)).isEqualTo("0.304014");
    }

    @Test
    void aClosedMonthIsListedWithWhatItsInvoiceDoesNotHave() {
        String number = desk.order(ours, "2026-10", "2026-11-01T00:00:00Z").text("number");
        correct("0.3");
        Answer dry = billing.post(PATH, OCTOBER + ", \"tenantId\": \"" + ours + "\"}", billing.operator());
        JsonNode closed = dry.json().path("closed").path(0);
        assertThat(closed.path("number").asString()).isEqualTo(number).isNotEmpty();
        assertThat(closed.path("period").asString()).isEqualTo("2026-10");
        assertThat(closed.path("difference").asString()).isEqualTo("0.1");
        apply(dry);
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE status = 'final' AND exact_model_cost = 0.202014"))
                .isEqualTo(1);
    }

    @Test
    void withoutAllRowsNothingIsPricedAndBadOrdersAreNamed() {
        status = 500;
        Answer unread = billing.post(PATH, OCTOBER + "}", billing.operator());
        assertThat(unread.status()).isEqualTo(503);
        assertThat(billing.count("SELECT count(*) FROM rerating_run")).isZero();
        for (String[] bad : new String[][] {
            {"from", "{}"},
            {"from", "{\"from\": \"2026-10-01T00:30:00Z\"}"},
            {"to", "{\"from\": \"2026-10-01T00:00:00Z\", \"to\": \"2026-10-01T00:00:00Z\"}"},
            {"tenantId", OCTOBER + ", \"tenantId\": \"x\"}"},
            {"counters", OCTOBER + ", \"counters\": {\"openai:dreams\": \"dream\"}}"},
            {"releaseMeasured", OCTOBER + ", \"releaseMeasured\": 1}"},
            {"form", OCTOBER + ", \"form\": 1}"},
            {"body", "[]"},
        }) {
            Answer refused = billing.post(PATH, bad[1], billing.operator());
            assertThat(refused.status()).as(bad[1]).isEqualTo(400);
            assertThat(refused.text("param")).as(bad[1]).isEqualTo(bad[0]);
        }
        assertThat(billing.post(PATH + "/x/apply", "", billing.operator()).status())
                .isEqualTo(404);
        assertThat(billing.post(PATH, OCTOBER + "}", billing.passport(ours, Scope.BILLING))
                        .status())
                .isEqualTo(403);
    }

    private Answer apply(Answer run) {
        return billing.post(PATH + "/" + run.text("id") + "/apply", "", billing.operator());
    }

    private String cost(TenantId tenant) {
        return desk.order(tenant, "2026-10").text("exactModelCost");
    }

    private void correct(String cached) {
        String books = "/api/billing/price-books";
        long version = billing.post(books, book(cached), billing.operator())
                .json()
                .path("version")
                .asLong();
        assertThat(billing.post(
                                books + "/list/versions/" + version + "/approve",
                                "{\"acceptLargeChanges\": true}",
                                billing.operator())
                        .status())
                .isEqualTo(200);
        Eventually.passes(
                WAIT,
                () -> assertThat(billing.get("/api/billing/prices", billing.operator())
                                .json()
                                .path("version")
                                .asLong())
                        .isEqualTo(version));
    }

    private static JsonNode of(Answer run, TenantId tenant) {
        return run.json()
                .path("tenants")
                .valueStream()
                .filter(one -> one.path("tenantId").asString().equals(tenant.toString()))
                .findFirst()
                .orElseThrow();
    }

    private static String counts(JsonNode tenant) {
        return tenant.path("rows") + " rows: " + tenant.path("unchanged") + " unchanged, " + tenant.path("changed")
                + " changed, " + tenant.path("released") + " released, " + tenant.path("unpriced") + " unpriced, "
                + tenant.path("kept") + " kept";
    }

    private void page(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        asked.add(query);
        boolean known = exchange.getRequestHeaders().getFirst(Passport.HEADER) != null;
        List<String> wanted = new ArrayList<>(rows);
        int named = query.indexOf("tenantId=");
        wanted.removeIf(row -> named >= 0 && !row.contains(query.substring(named + 9, named + 45)));
        int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
        int to = Math.min(from + 2, wanted.size());
        String next = to < wanted.size() ? ",\"nextCursor\":\"" + to + "\"" : "";
        byte[] body = ("{\"attempts\":[" + String.join(",", wanted.subList(from, to)) + "]" + next + "}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(known ? status : 401, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String row(TenantId tenant, int n, String buckets, String lines, String cost, String more) {
        return "{\"tenantId\":\"" + tenant + "\",\"hour\":\"" + HOUR + "\",\"time\":\"2026-10-02T10:15:00Z\","
                + "\"requestId\":\"r-" + n + "\",\"attempt\":1,\"provider\":\"openai\",\"model\":\"m\","
                + "\"pricedAt\":\"2026-10-02T10:14:59Z\",\"buckets\":{" + buckets + "},"
                + (lines.isEmpty() ? "" : "\"priceBookId\":\"list\",") + "\"lines\":[" + lines + "],\"cost\":\"" + cost
                + "\"" + more + "}";
    }

    private static String line(String meter, long quantity, String rate, String rule, String cost) {
        return "{\"meter\":\"" + meter + "\",\"quantity\":" + quantity + ",\"rate\":\"" + rate + "\",\"ruleId\":\""
                + rule + "\",\"cost\":\"" + cost + "\"}";
    }

    private void seal(TenantId tenant, long in, String inCost, long cached, String cachedCost) {
        List<Total> totals = new ArrayList<>();
        totals.add(new Total("openai", "m", IN, Meter.TEXT_IN, in, Amount.of(inCost)));
        if (cached > 0) {
            totals.add(new Total("openai", "m", CACHED, Meter.TEXT_IN_CACHED, cached, Amount.of(cachedCost)));
        }
        Instant hour = Instant.parse(HOUR);
        desk.seal(new SealedHour(tenant, hour, 1, false, totals, 2, 2, "hash", hour.plusSeconds(4_000)));
    }

    private static String book(String cached) {
        return """
                {"id": "list", "source": "a test", "observedAt": "2026-09-12", "models": [
                  {"provider": "openai", "model": "m", "mode": "chat", "contextWindow": 1000000, "maxOutputTokens": 100,
                   "released": "2026-01-01", "source": "s", "prices": [
                     {"effectiveFrom": "2026-01-01T00:00:00Z",
                      "perMillion": {"text_in": "2", "text_in_cached": "%s", "text_out": "10"}}]}]}
                """.formatted(cached);
    }
}
