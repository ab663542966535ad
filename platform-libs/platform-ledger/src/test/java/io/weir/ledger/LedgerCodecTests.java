package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class LedgerCodecTests {

    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final Instant TIME = Instant.parse("2026-11-22T10:00:00.123Z");

    static Stream<UsageEvent> events() {
        Attempt attempt = new Attempt(
                1,
                "openai",
                "gpt-4o-mini",
                "req_1",
                Quantities.of(Meter.TEXT_IN, 7),
                JsonMapper.shared().readTree("{\"prompt_tokens\":7}"),
                UsageSource.PROVIDER,
                "list",
                List.of(new PricedLine(Meter.TEXT_IN, 7, Rate.of("0.00000015"), "r", Amount.of("0.00000105"))),
                Amount.of("0.00000105"),
                Outcome.COMPLETED,
                200,
                12);
        return Stream.of(
                new Held("r", TENANT, "k", "m", "openai", "m", Amount.of("0.1"), TIME, "tenant:x", TIME),
                new Held("r", TENANT, "k", "m", "openai", "m", Amount.of("0.1"), TIME, null, null),
                new Settled(
                        "r",
                        TENANT,
                        "k",
                        "m",
                        "openai",
                        "m",
                        List.of(attempt),
                        Amount.of("0.00000105"),
                        "m",
                        Amount.of("0.00000105"),
                        List.of(new SavingsLine("routing", Amount.ZERO)),
                        Outcome.COMPLETED,
                        true,
                        true,
                        100,
                        20L,
                        "none",
                        "explicit",
                        10,
                        20),
                new Released("r", TENANT, "k", "client_gone"),
                new Tick(-1, false));
    }

    @ParameterizedTest
    @MethodSource("events")
    void whatIsWrittenIsRead(UsageEvent event) {
        TenantId tenant = event instanceof UsageEvent.OfRequest ? TENANT : null;
        UsageRecord usage = new UsageRecord("id", "orchestration", TIME, tenant, "p", 7, 3, event);
        byte[] bytes = LedgerCodec.write(usage);
        assertThat(LedgerCodec.read(bytes)).isEqualTo(usage);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\"specversion\":\"1.0\"", event.type());
    }

    @ParameterizedTest
    @MethodSource("events")
    void theOrderOfItsPropertiesDoesNotMatter(UsageEvent event) {
        TenantId tenant = event instanceof UsageEvent.OfRequest ? TENANT : null;
        UsageRecord usage = new UsageRecord("id", "orchestration", TIME, tenant, "p", 7, 3, event);
        ObjectNode backwards = JsonMapper.shared().createObjectNode();
        List<Map.Entry<String, JsonNode>> properties = new ArrayList<>(
                JsonMapper.shared().readTree(LedgerCodec.write(usage)).properties());
        properties.reversed().forEach(property -> backwards.set(property.getKey(), property.getValue()));
        backwards.putObject("unknown").put("type", "else");
        assertThat(LedgerCodec.read(backwards.toString().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(usage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"type\":\"io.weir.usage.held.v1\"}",
                "{\"type\":\"else\",\"data\":{}}",
                "{\"type\":{}}"
            })
    void whatIsNoEventIsRefused(String text) {
        assertThatThrownBy(() -> LedgerCodec.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedUsageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "x", "{", "]"})
    void nothingMayFollowAnEvent(String more) {
        UsageRecord usage = new UsageRecord("id", "orchestration", TIME, null, "p", 7, 3, new Tick(-1, false));
        String text = new String(LedgerCodec.write(usage), StandardCharsets.UTF_8) + more;
        assertThatThrownBy(() -> LedgerCodec.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedUsageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"producerepoch", "producersequence"})
    void numbersAreNumbers(String name) {
        UsageRecord usage = new UsageRecord("id", "orchestration", TIME, null, "p", 7, 3, new Tick(-1, false));
        for (Object wrong : List.of("7", "x", true, 1.5)) {
            ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(LedgerCodec.write(usage));
            json.set(name, JsonMapper.shared().valueToTree(wrong));
            assertThatThrownBy(() -> LedgerCodec.read(json.toString().getBytes(StandardCharsets.UTF_8)))
                    .as("%s", wrong)
                    .isInstanceOf(MalformedUsageException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"requestId", "tenantId", "ceiling", "expiresAt", "cost", "outcome", "time"})
    void anEventWithoutWhatAllReadersRelyOnIsRefused(String missing) {
        List<UsageEvent> whole =
                events().filter(UsageEvent.OfRequest.class::isInstance).toList();
        assertThat(whole.stream().filter(event -> isRefusedWithout(event, missing)))
                .as("events that are refused without %s", missing)
                .isNotEmpty();
    }

    private static boolean isRefusedWithout(UsageEvent event, String missing) {
        ObjectNode json = (ObjectNode) JsonMapper.shared()
                .readTree(LedgerCodec.write(new UsageRecord("id", "orchestration", TIME, TENANT, "p", 7, 3, event)));
        ObjectNode holder = json.has(missing) ? json : (ObjectNode) json.path("data");
        if (holder.remove(missing) == null) {
            return false;
        }
        assertThatThrownBy(() -> LedgerCodec.read(json.toString().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedUsageException.class);
        return true;
    }
}
