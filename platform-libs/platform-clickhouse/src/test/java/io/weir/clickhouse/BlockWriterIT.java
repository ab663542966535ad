package io.weir.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.money.Amount;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("infra")
class BlockWriterIT {

    private static final String TENANT = "0197c9b2-0000-7000-8000-00000000000a";
    private static final FreshDatabase DATABASE = new FreshDatabase();
    private static final BlockWriter WRITER = new BlockWriter(DATABASE.clickHouse());

    @BeforeAll
    static void migrate() {
        DATABASE.migrate();
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void theSameTokenIsInsertedOnceAndAnotherTokenAgain() {
        Block block = block("calls", "once", row("e1", "2026-11-22T10:00:00.000Z", "0.1", "0"));
        long before = DATABASE.count("calls");
        WRITER.write(block).block(FreshDatabase.SOON);
        WRITER.write(block).block(FreshDatabase.SOON);
        assertThat(DATABASE.count("calls")).isEqualTo(before + 1);
        Block other = block("calls", "twice", row("e1", "2026-11-22T10:00:00.000Z", "0.1", "0"));
        WRITER.write(other).block(FreshDatabase.SOON);
        assertThat(DATABASE.count("calls")).isEqualTo(before + 2);
        assertThat(DATABASE.count("calls FINAL WHERE event_id = 'e1'")).isOne();
    }

    @Test
    void aLargeBlockStaysOnePart() {
        String rows = IntStream.range(0, 30_000)
                .mapToObj(n -> row("large" + n, "2026-10-01T10:00:00.000Z", "0.000000000001", "x".repeat(100)))
                .collect(Collectors.joining());
        WRITER.write(new Block("calls", rows.getBytes(StandardCharsets.UTF_8), 30_000, "large"))
                .block(FreshDatabase.SOON);
        assertThat(DATABASE.count("system.parts WHERE database = currentDatabase() AND table = 'calls'"
                        + " AND partition = '202610' AND active"))
                .isOne();
        assertThat(DATABASE.count("calls WHERE toYYYYMM(hour) = 202610")).isEqualTo(30_000);
    }

    @Test
    void theLargestAmountAndEveryTextComeBackUnchanged() {
        String largest = "99999999999999999999999999.999999999999";
        WRITER.write(block(
                        "calls",
                        "exact",
                        row("exact", "2026-11-22T10:11:12.345Z", largest, "tab\\t quote' \\\\ \\u00e9")))
                .block(FreshDatabase.SOON);
        Row row = Objects.requireNonNull(DATABASE.clickHouse()
                        .rows(
                                "SELECT * FROM calls WHERE event_id = {id:String} AND note IN {notes:Array(String)}",
                                Map.of("id", "exact", "notes", List.of("other", "tab\t quote' \\ é")),
                                one -> one)
                        .block(FreshDatabase.SOON))
                .getFirst();
        assertThat(row.amount("cost")).isEqualTo(Amount.of(largest));
        assertThat(row.instant("at")).isEqualTo(Instant.parse("2026-11-22T10:11:12.345Z"));
        assertThat(row.text("note")).isEqualTo("tab\t quote' \\ é");
        assertThat(row.uuid("tenant_id")).hasToString(TENANT);
        assertThat(row.texts("rules")).containsExactly("r1", "r'2");
    }

    @Test
    void aRowThatDoesNotFitFailsAsAWhole() {
        Block block = block("calls", "bad", row("ok", "2026-11-22T10:00:00.000Z", "1", "0") + "{\"cost\":\"much\"}\n");
        assertThatExceptionOfType(ClickHouseException.class)
                .isThrownBy(() -> WRITER.write(block).block(FreshDatabase.SOON))
                .withMessageContaining("calls");
        assertThat(DATABASE.count("calls WHERE event_id = 'ok'")).isZero();
    }

    private static Block block(String table, String token, String rows) {
        return new Block(table, rows.getBytes(StandardCharsets.UTF_8), 1, token);
    }

    private static String row(String id, String at, String cost, String note) {
        return "{\"tenant_id\":\"%s\",\"hour\":\"%s\",\"event_id\":\"%s\",\"cost\":\"%s\",\"at\":\"%s\",\"note\":\"%s\",\"rules\":[\"r1\",\"r'2\"]}\n"
                .formatted(TENANT, at, id, cost, at, note);
    }
}
