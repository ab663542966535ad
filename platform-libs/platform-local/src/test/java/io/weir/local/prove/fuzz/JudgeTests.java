package io.weir.local.prove.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.fuzz.Shot.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTests {

    private static final Canary MINE = Canary.of(new SplittableRandom(1));
    private static final Canary ANOTHERS = Canary.of(new SplittableRandom(2));
    private static final Judge JUDGE = new Judge(List.of(MINE, ANOTHERS));
    private static final String PROBLEM = "{\"error\":{\"message\":\"No.\",\"code\":\"x\"}}";

    private static String kind(Shot shot, Heard heard) {
        return JUDGE.fault(shot, heard).map(Judge.Fault::kind).orElse("none");
    }

    private static Shot shot(Delivery delivery, boolean sound) {
        return new Shot(0, 0, "", new byte[0], new byte[0], delivery, sound);
    }

    private static Heard heard(int status, String type, String body) {
        return new Heard(status, Map.of("content-type", type), body.getBytes(StandardCharsets.UTF_8), true, false);
    }

    @ParameterizedTest
    @CsvSource({"200,none", "400,none", "429,none", "502,none", "503,none", "500,500", "501,500", "505,500"})
    void whatIsOurOwnFailureIsAFault(int status, String kind) {
        assertThat(kind(shot(Delivery.WHOLE, true), heard(status, "application/json", PROBLEM)))
                .isEqualTo(kind);
    }

    @Test
    void anErrorOfOurOwnWithinAStreamIsAFault() {
        String stream = "data: {\"error\":{\"code\":\"internal_error\"}}\n\n";

        assertThat(kind(shot(Delivery.WHOLE, true), heard(200, "text/event-stream", stream)))
                .isEqualTo("500");
    }

    @Test
    void whatAnotherTenantSentIsAFaultAndWhatTheTenantItselfSentIsNot() {
        String own = "{\"content\":\"" + MINE.word() + "\"}";
        String foreign = "{\"content\":\"" + ANOTHERS.word() + "\"}";

        assertThat(kind(shot(Delivery.WHOLE, true), heard(200, "application/json", own)))
                .isEqualTo("none");
        assertThat(kind(shot(Delivery.WHOLE, true), heard(200, "application/json", foreign)))
                .isEqualTo("foreign byte");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"java.lang.NullPointerException\"}}",
                "{\"error\":{\"message\":\"x\\n\\tat io.weir.gateway.Edge\"}}",
                "{\"error\":{\"message\":\"reactor.core.Exceptions\"}}"
            })
    void theInsidesOfServicesAreAFault(String body) {
        assertThat(kind(shot(Delivery.WHOLE, true), heard(400, "application/json", body)))
                .isEqualTo("insides");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|application/json|{\"a\":",
                "400|text/plain|no",
                "404|application/json|{}",
                "200|text/event-stream|data: {\"a\":"
            })
    void anAnswerThatClientsCannotReadIsAFault(int status, String type, String body) {
        assertThat(kind(shot(Delivery.WHOLE, true), heard(status, type, body))).isEqualTo("form");
    }

    @Test
    void whoeverSentItAllIsAnswered() {
        assertThat(kind(shot(Delivery.WHOLE, true), Heard.NOTHING)).isEqualTo("no answer");
        assertThat(kind(shot(Delivery.WHOLE, true), Heard.SILENCE)).isEqualTo("hang");
        assertThat(kind(shot(Delivery.WHOLE, false), Heard.NOTHING)).isEqualTo("none");
        assertThat(kind(shot(Delivery.HALF_CLOSED, true), Heard.NOTHING)).isEqualTo("none");
        assertThat(kind(shot(Delivery.HALF_CLOSED, true), Heard.SILENCE)).isEqualTo("hang");
    }
}
