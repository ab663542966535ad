package io.weir.local.prove.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.books.DebitBook.Debits;
import io.weir.local.prove.books.Reconciliation.Books;
import io.weir.local.prove.books.Reconciliation.Found;
import io.weir.local.prove.books.SealedBook.Sealed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// That the comparison can fail: each kind of error, put into books that agree.
class ReconciliationTests {

    private static final String TENANT = "0198f3a2-7c11-7a40-9b1e-5d2f8c6a1e01";
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final CapWalk cap = new CapWalk(Money.of("0.01"));
    private final LedgerContents ledger = new LedgerContents(Map.of(TENANT, cap));
    private final List<Served> served = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<String> settlements = new ArrayList<>();
    private final Map<String, Sealed> hours = new HashMap<>();
    private final Map<String, Debits> debits = new HashMap<>();

    ReconciliationTests() {
        for (int i = 1; i <= 3; i++) {
            held("r" + i, "0.001");
            settled("r" + i, "p" + i, "completed", "0.00007");
            served.add(new Served("p" + i, "r" + i, "small", 200, 20, 0, 0, 10, false));
            rows.addAll(rowsOf("r" + i));
            settlements.add("r" + i);
        }
        hours.put(TENANT, new Sealed(3, Money.of("0.00021")));
        debits.put(TENANT, new Debits(Money.of("0.00021"), 0));
    }

    private void event(String type, String requestId, String more) {
        ledger.apply(
                type,
                JsonMapper.shared()
                        .readTree("{\"requestId\":\"" + requestId + "\",\"tenantId\":\"" + TENANT + "\"," + more + "}"),
                NOON);
    }

    private void held(String requestId, String ceiling) {
        event("held.v1", requestId, "\"ceiling\":\"" + ceiling + "\"");
    }

    private void settled(String requestId, String providerId, String outcome, String cost) {
        String name = providerId.isEmpty() ? "" : "\"providerRequestId\":\"" + providerId + "\",\"status\":200,";
        event(
                "settled.v1",
                requestId,
                "\"outcome\":\"" + outcome + "\",\"billable\":true,\"cost\":\"" + cost + "\",\"attempts\":[{\"n\":1,"
                        + "\"model\":\"small\"," + name + "\"buckets\":{\"text_in\":15,\"text_in_cached\":5,"
                        + "\"text_out\":10},\"usageSource\":\"provider\",\"outcome\":\"" + outcome + "\",\"cost\":\""
                        + cost + "\",\"lines\":[{\"meter\":\"text_in\",\"rate\":\"0.000002\"},"
                        + "{\"meter\":\"text_out\",\"rate\":\"0.000004\"}]}]");
    }

    private List<Row> rowsOf(String requestId) {
        return Objects.requireNonNull(ledger.entries().get(requestId)).attempts();
    }

    private Found compare(String... delivered) {
        return Reconciliation.of(new Books(
                served, ledger, rows, settlements, hours, debits, ledger.caps().keySet(), Set.of(delivered)));
    }

    @Test
    void booksThatAgreeAreClean() {
        Found found = compare("r1", "r2", "r3");

        assertThat(found.examples()).isEmpty();
        assertThat(found.isClean()).isTrue();
        assertThat(found.accounts().get(TENANT))
                .extracting(Account::provider, Account::settled, Account::clickHouseRows, Account::sealedRows)
                .containsExactly(3L, 3L, 3L, 3L);
        assertThat(cap.overruns()).isZero();
    }

    @Test
    void aRowThatIsThereTwiceIsDoubled() {
        rows.add(rows.getFirst());
        settlements.add("r1");

        assertThat(compare().doubled()).isEqualTo(2);
        assertThat(compare().isClean()).isFalse();
    }

    @Test
    void anAttemptWithoutItsRowIsUnexplained() {
        rows.removeLast();

        assertThat(compare().unexplained()).isEqualTo(1);
        assertThat(compare().examples().getFirst()).contains("p3", "r3", "has no row");
    }

    @Test
    void anAttemptThatNobodyHeldForIsUnexplained() {
        served.add(new Served("p9", "r9", "small", 503, 0, 0, 0, 0, false));

        assertThat(compare().unexplained()).isEqualTo(1);
        assertThat(compare().examples().getFirst()).contains("the ledger does not know the request");
    }

    @Test
    void aSecondAttemptOfASettledRequestIsUnexplained() {
        served.add(new Served("p9", "r1", "small", 200, 20, 0, 0, 10, false));

        assertThat(compare().unexplained()).isEqualTo(1);
    }

    @Test
    void aRowWithoutAnAttemptIsUnexplained() {
        served.removeLast();

        assertThat(compare().unexplained()).isEqualTo(1);
        assertThat(compare().examples().getFirst()).contains("knows no attempt p3");
    }

    @Test
    void aRowThatIsNotAsInTheLedgerIsUnexplained() {
        Row row = rows.removeLast();
        rows.add(new Row(
                row.tenant(),
                row.requestId(),
                row.n(),
                row.model(),
                row.providerId(),
                row.outcome(),
                row.status(),
                row.tokensIn(),
                row.tokensOut(),
                row.reported(),
                row.cost() - 1));

        assertThat(compare().unexplained()).isEqualTo(1);
    }

    @Test
    void whatWasConsumedAndReleasedIsUnexplained() {
        held("r4", "0.001");
        event("released.v1", "r4", "\"reason\":\"client_gone\"");
        served.add(new Served("p4", "r4", "small", 499, 0, 0, 0, 0, true));
        assertThat(compare().isClean()).isTrue();

        served.add(new Served("p5", "r4", "small", 200, 20, 0, 0, 1, true));

        assertThat(compare().unexplained()).isEqualTo(1);
        assertThat(compare().examples().getFirst()).contains("the request was released");
    }

    @Test
    void anAnswerThatAClientHasWithoutASettlementIsUnexplained() {
        assertThat(compare("r7").unexplained()).isEqualTo(1);
    }

    @Test
    void aHoldThatNobodyResolvedIsOpen() {
        held("r4", "0.001");

        assertThat(compare().openHolds()).isEqualTo(1);
        assertThat(compare().isClean()).isFalse();
    }

    @Test
    void aRefusalBelongsToTheRowThatHasItsStatus() {
        String failed = "\"model\":\"small\",\"buckets\":{},\"usageSource\":\"measured\",\"outcome\":\"failed\","
                + "\"cost\":\"0\",\"lines\":[]}";
        held("r4", "0.001");
        event(
                "settled.v1",
                "r4",
                "\"outcome\":\"failed\",\"billable\":false,\"cost\":\"0\",\"attempts\":[{\"n\":1," + failed
                        + ",{\"n\":2,\"status\":503," + failed + "]");
        rows.addAll(rowsOf("r4"));
        settlements.add("r4");
        hours.put(TENANT, new Sealed(5, Money.of("0.00021")));
        // Nobody took the first one's connection.
        served.add(new Served("p4", "r4", "small", 503, 0, 0, 0, 0, false));
        assertThat(compare().examples()).isEmpty();
        assertThat(compare().isClean()).isTrue();

        served.removeLast();

        assertThat(compare().unexplained()).isEqualTo(1);
        assertThat(compare().examples().getFirst()).contains("knows no attempt for this row");
    }

    @Test
    void otherTokensThanTheProvidersAreTold() {
        served.removeLast();
        served.add(new Served("p3", "r3", "small", 200, 20, 0, 0, 11, false));

        assertThat(compare().differing()).isEqualTo(1);
        assertThat(compare().isClean()).isFalse();
    }

    @Test
    void sealedHoursAndDebitsMustAddUp() {
        hours.put(TENANT, new Sealed(3, Money.of("0.0002")));
        debits.put(TENANT, new Debits(Money.of("0.00022"), 0));

        assertThat(compare().unsealed()).isEqualTo(1);
        assertThat(compare().misdebited()).isEqualTo(1);
        assertThat(compare().isClean()).isFalse();
    }

    @Test
    void whatWasRecoveredNamesItsAttemptsAndItsDifference() {
        held("r4", "0.001");
        settled("r4", "", "recovered", "0.001");
        rows.addAll(rowsOf("r4"));
        settlements.add("r4");
        served.add(new Served("p4", "r4", "small", 200, 20, 0, 0, 10, true));
        hours.put(TENANT, new Sealed(4, Money.of("0.00121")));
        debits.put(TENANT, new Debits(Money.of("0.00121"), 0));

        Found found = compare();

        assertThat(found.examples()).isEmpty();
        assertThat(found.recovered()).isEqualTo(1);
        assertThat(Objects.requireNonNull(found.accounts().get(TENANT)).recoveredDifference())
                .isEqualTo(Money.of("0.00092"));
    }

    @Test
    void ofTwoSettlementsTheFirstCounts() {
        settled("r1", "p1", "completed", "0.5");

        assertThat(compare().isClean()).isTrue();
        assertThat(ledger.duplicates()).isEqualTo(1);
        assertThat(cap.settled()).isEqualTo(Money.of("0.00021"));
    }

    @Test
    void aHoldBeyondTheCapIsAnOverrun() {
        held("r4", "0.0097");
        assertThat(cap.overruns()).isZero();

        held("r5", "0.0001");

        assertThat(cap.overruns()).isEqualTo(1);
        assertThat(cap.most()).isEqualTo(Money.of("0.01001"));
    }

    @Test
    void whatLayInAWriteAheadFileCountsFromWhenItHappened() {
        cap.hold("first", Money.of("0.009"), NOON.plusSeconds(1));
        cap.hold("third", Money.of("0.009"), NOON.plusSeconds(3));
        cap.resolve("first", 0, NOON.plusSeconds(2));

        assertThat(cap.overruns()).isZero();
        assertThat(cap.most()).isEqualTo(Money.of("0.00921"));
    }
}
