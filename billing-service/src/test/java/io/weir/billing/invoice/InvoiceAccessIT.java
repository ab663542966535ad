package io.weir.billing.invoice;

import static io.weir.billing.Snapshots.hour;
import static io.weir.billing.Snapshots.mini;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.billing.Billing;
import io.weir.billing.Billing.Answer;
import io.weir.billing.Snapshots;
import io.weir.money.Meter;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvoiceAccessIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final String PATH = InvoiceDesk.PATH;

    private Billing billing;
    private InvoiceDesk desk;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, SQLException {
        billing = Billing.start(directory);
        desk = new InvoiceDesk(billing);
        billing.publish(billing.tenantService, SnapshotTopic.PLANS, "starter", 1, Snapshots.starter());
    }

    @AfterAll
    void stop() {
        billing.close();
    }

    @BeforeEach
    void itIsNovember() {
        billing.clock.set("2026-11-22T12:00:00Z");
    }

    @Test
    void aTenantReadsItsOwnInvoicesAndOthersAreNotThere() {
        TenantId acme = desk.tenant();
        TenantId globex = desk.tenant();
        String id = desk.order(acme, "2026-11").text("id");
        String own = billing.passport(acme, Scope.BILLING);
        String foreign = billing.passport(globex, Scope.BILLING);
        assertThat(billing.get(PATH + "/" + id, own).json().path("id").asString())
                .isEqualTo(id);
        assertThat(billing.get(PATH + "/" + id, billing.operator()).status()).isEqualTo(200);
        assertThat(billing.get(PATH + "/" + id, foreign).status()).isEqualTo(404);
        assertThat(billing.get(PATH + "/" + acme, own).status()).isEqualTo(404);
        assertThat(billing.get(PATH + "/nonsense", own).status()).isEqualTo(404);
        assertThat(billing.get(PATH, foreign).json().path("invoices").size()).isZero();
        assertThat(billing.get(PATH, own).json().path("invoices").size()).isEqualTo(1);
        assertThat(billing.get(PATH + "?tenantId=" + acme, foreign).text("code"))
                .isEqualTo("tenant_mismatch");
        assertThat(billing.get(PATH, billing.passport(acme, Scope.INFERENCE)).text("code"))
                .isEqualTo("permission_denied");
        assertThat(billing.get(PATH, "forged").status()).isEqualTo(401);
    }

    @Test
    void onlyAnOperatorMakesInvoices() {
        TenantId acme = desk.tenant();
        String body = InvoiceDesk.body(acme, "2026-11");
        for (Scope scope : List.of(Scope.BILLING, Scope.TENANT_ADMIN, Scope.INFERENCE)) {
            assertThat(billing.post(PATH, body, billing.passport(acme, scope)).status())
                    .isEqualTo(403);
        }
        assertThat(billing.count("SELECT count(*) FROM invoice WHERE tenant_id = '" + acme + "'"))
                .isZero();
    }

    @Test
    void theDatabaseShowsATenantNoRowOfAnotherAndTakesNoneFromIt() {
        TenantId acme = desk.tenant();
        TenantId globex = desk.tenant();
        desk.seal(hour(acme, "2026-11-02T10:00:00Z", 1, false, 5, mini(Meter.TEXT_IN, 1, "0.01")));
        desk.order(acme, "2026-11");
        for (String table : List.of("invoice", "sealed_hour", "sealed_hour_total")) {
            assertThat(seenBy(acme, table)).as(table).isEqualTo(1);
            assertThat(seenBy(globex, table)).as(table).isZero();
        }
        TenantTransaction transaction = billing.bean(TenantTransaction.class);
        for (String sql : List.of(
                "UPDATE invoice SET total = 0",
                "DELETE FROM sealed_hour_total",
                "UPDATE sealed_hour SET version = 9")) {
            assertThatThrownBy(() -> transaction
                            .in(client -> client.sql(sql).fetch().rowsUpdated())
                            .contextWrite(TenantScope.entering(Billing.context(acme)))
                            .block(WAIT))
                    .as(sql)
                    .hasMessageContaining("permission denied");
        }
        assertThatThrownBy(() -> transaction
                        .in(client -> client.sql("SELECT count(*) FROM invoice_number")
                                .fetch()
                                .first())
                        .contextWrite(TenantScope.entering(Billing.context(acme)))
                        .block(WAIT))
                .hasMessageContaining("permission denied");
    }

    @Test
    void pagesOfInvoicesFollowEachOtherWithoutGapOrRepetition() {
        TenantId tenant = desk.tenant();
        for (String month : List.of("2026-09", "2026-10", "2026-11")) {
            desk.order(tenant, month);
        }
        String own = billing.passport(tenant, Scope.BILLING);
        JsonNode first = billing.get(PATH + "?limit=2", own).json();
        assertThat(first.path("invoices")
                        .valueStream()
                        .map(one -> one.path("period").asString()))
                .containsExactly("2026-11", "2026-10");
        JsonNode second = billing.get(
                        PATH + "?limit=2&cursor=" + first.path("nextCursor").asString(), own)
                .json();
        assertThat(second.path("invoices")
                        .valueStream()
                        .map(one -> one.path("period").asString()))
                .containsExactly("2026-09");
        assertThat(second.path("nextCursor").isNull()).isTrue();
        assertThat(billing.get(PATH + "?tenantId=" + tenant, billing.operator())
                        .json()
                        .path("invoices")
                        .size())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "limit=-1", "cursor=x", "cursor=JCQk", "tenantId=1"})
    void aListThatCannotBeGivenIs400AndNamesTheParameter(String query) {
        Answer answer = billing.get(PATH + "?" + query, billing.operator());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(query.substring(0, query.indexOf('=')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "body|",
                "body|[]",
                "body|{\"tenantId\":",
                "tenantId|{\"period\": \"2026-11\"}",
                "tenantId|{\"tenantId\": \"1\", \"period\": \"2026-11\"}",
                "tenantId|{\"tenantId\": 1, \"period\": \"2026-11\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-13\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"November\"}",
                "period|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": 202611}",
                "asOf|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-11\", \"asOf\": \"now\"}",
                "asof|{\"tenantId\": \"01930000-0000-7000-8000-0000000000a1\", \"period\": \"2026-11\", \"asof\": \"x\"}",
            })
    void anOrderThatCannotBeReadIs400AndNamesTheField(String field, String body) {
        Answer answer = billing.post(PATH, body == null ? "" : body, billing.operator());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("param")).isEqualTo(field);
        assertThat(answer.text("detail")).isNotBlank();
    }

    @Test
    void aBodyThatIsTooLargeIs413() {
        String body = "{\"tenantId\": \"" + "x".repeat(300_000) + "\"}";
        assertThat(billing.post(PATH, body, billing.operator()).text("code")).isEqualTo("request_too_large");
    }

    @Test
    void whatCannotBeInvoicedIsRefusedWithItsReason() {
        TenantId tenant = desk.tenant();
        TenantId euro = desk.tenant(Snapshots.tenant(Snapshots.newTenant(), null, 1, "UTC", "EUR"));
        assertRefused(desk.order(Snapshots.newTenant(), "2026-11"), 404, "tenantId", "There is no tenant");
        assertRefused(desk.order(TenantId.PLATFORM, "2026-11"), 422, "tenantId", "never invoiced");
        assertRefused(desk.order(euro, "2026-11"), 422, "tenantId", "EUR");
        assertRefused(desk.order(tenant, "2026-12"), 422, "period", "has not begun");
        assertRefused(desk.order(tenant, "2026-08"), 422, "period", "created after");
        assertRefused(desk.order(tenant, "2026-11", "2026-11-22T13:00:00Z"), 422, "asOf", "future");
        assertRefused(desk.order(tenant, "2026-11", "2026-11-01T00:00:00Z"), 422, "asOf", "before");
    }

    /// Reactor Netty 1.3.7 stopped reading a connection after a request that had to wait for the one before it was
    /// answered at once (its issue 4361).
    @Test
    void aRefusalBehindASlowerAnswerDoesNotStallTheConnection() throws IOException {
        String slow = rawGet(PATH);
        String refusedAtOnce = rawGet(PATH + "?limit=0");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), billing.port())) {
            socket.setSoTimeout((int) WAIT.toMillis());
            socket.getOutputStream().write((slow + refusedAtOnce).getBytes(StandardCharsets.US_ASCII));
            assertThat(rawAnswer(socket.getInputStream())).startsWith("HTTP/1.1 200");
            assertThat(rawAnswer(socket.getInputStream())).startsWith("HTTP/1.1 400");
            socket.getOutputStream().write(slow.getBytes(StandardCharsets.US_ASCII));
            assertThat(rawAnswer(socket.getInputStream())).startsWith("HTTP/1.1 200");
        }
    }

    private String rawGet(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: billing\r\n" + Passport.HEADER + ": " + billing.operator()
                + "\r\n\r\n";
    }

    /// The head of an answer, after its body was read too.
    private static String rawAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("the connection was closed after: %s", head).isNotNegative();
            head.append((char) next);
        }
        String length = head.toString().toLowerCase(Locale.ROOT).replaceAll("(?s).*content-length: ([0-9]+).*", "$1");
        assertThat(in.readNBytes(Integer.parseInt(length))).hasSize(Integer.parseInt(length));
        return head.toString();
    }

    @Test
    void aListIsThereAsJsonAloneAndThatIsSaid() {
        Answer html = billing.send(billing.request(PATH, billing.operator())
                .header("accept", "text/html")
                .GET()
                .build());
        assertThat(html.status()).isEqualTo(406);
        assertThat(html.text("code")).isEqualTo("not_acceptable");
    }

    private static void assertRefused(Answer answer, int status, String field, String reason) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("param")).isEqualTo(field);
        assertThat(answer.text("detail")).contains(reason);
    }

    private long seenBy(TenantId tenant, String table) {
        return Objects.requireNonNull(billing.bean(TenantTransaction.class)
                .in(client -> client.sql("SELECT count(*) FROM " + table)
                        .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
                        .one())
                .contextWrite(TenantScope.entering(Billing.context(tenant)))
                .block(WAIT));
    }
}
