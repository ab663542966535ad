package io.weir.local.prove.fuzz;

import io.weir.local.prove.fuzz.Shot.Delivery;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Says what is wrong with an answer. Safe for use by many threads.
final class Judge {

    private static final int OK = 200;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;
    // A provider failed, or was too slow, or what is behind is full: none of them is our own failure.
    private static final Set<Integer> NOT_OURS = Set.of(502, 503, 504, 529);
    private static final Pattern INSIDES =
            Pattern.compile("\\sat [a-z.]+\\.[A-Z]|io\\.weir\\.|reactor\\.|io\\.netty|java\\.[a-z]+\\.|org\\.spring");

    private final List<Canary> canaries;

    /// @param canaries of the tenants, by their index
    Judge(List<Canary> canaries) {
        this.canaries = List.copyOf(canaries);
    }

    /// What kind of wrong, and what of it; empty: nothing.
    Optional<Fault> fault(Shot shot, Heard heard) {
        if (shot.delivery() == Delivery.CUT) {
            return Optional.empty();
        }
        if (heard.late()) {
            return Optional.of(new Fault("hang", "neither answered nor closed in time"));
        }
        if (heard.status() == 0) {
            return shot.sound() && shot.delivery() != Delivery.HALF_CLOSED
                    ? Optional.of(new Fault("no answer", "the connection was closed"))
                    : Optional.empty();
        }
        Optional<Fault> byContent = content(shot, heard);
        return byContent.isPresent() || shot.delivery() == Delivery.HALF_CLOSED ? byContent : form(heard);
    }

    private Optional<Fault> content(Shot shot, Heard heard) {
        String text = heard.text();
        if (heard.status() >= SERVER_ERROR && !NOT_OURS.contains(heard.status())) {
            return Optional.of(new Fault("500", heard.status() + " " + text));
        }
        if (text.contains("\"internal_error\"")) {
            return Optional.of(new Fault("500", "an error of our own within the answer: " + text));
        }
        Optional<Canary> foreign =
                canaries.get(shot.tenant()).foreign(text + heard.headers().values(), canaries);
        if (foreign.isPresent()) {
            return Optional.of(new Fault("foreign byte", "what another tenant sent: " + text));
        }
        if (heard.status() != OK && INSIDES.matcher(text).find()) {
            return Optional.of(new Fault("insides", text));
        }
        return Optional.empty();
    }

    private static Optional<Fault> form(Heard heard) {
        String wrong = null;
        if (heard.status() >= CLIENT_ERROR) {
            wrong = heard.body().length == 0 || isProblem(heard.body()) ? null : "an error without its fields";
        } else if (heard.status() == OK && heard.isStream()) {
            wrong = stream(heard);
        } else if (heard.status() == OK && heard.complete()) {
            wrong = heard.body().length == 0 || json(heard.body()) != null ? null : "an answer that is no JSON";
        }
        return Optional.ofNullable(wrong).map(why -> new Fault("form", why + ": " + heard.text()));
    }

    // One that breaks off is seen as such by every client; one that ends must be readable up to there.
    private static @Nullable String stream(Heard heard) {
        if (!heard.complete()) {
            return null;
        }
        if (!isUtf8(heard.body())) {
            return "a stream that is no UTF-8";
        }
        for (String line : heard.text().split("\n", -1)) {
            String data =
                    line.startsWith("data:") ? line.substring("data:".length()).strip() : "";
            if (!data.isEmpty() && !data.equals("[DONE]") && json(data.getBytes(StandardCharsets.UTF_8)) == null) {
                return "a frame that is no JSON (" + data + ")";
            }
        }
        return null;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException none) {
            return false;
        }
    }

    // In any of the dialects, or of administration (RFC 9457).
    private static boolean isProblem(byte[] body) {
        JsonNode problem = json(body);
        return problem != null && (problem.path("error").isObject() || problem.has("title"));
    }

    private static @Nullable JsonNode json(byte[] text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException none) {
            return null;
        }
    }

    /// Something wrong.
    ///
    /// @param kind what a smaller input must show as well
    record Fault(String kind, String detail) {}
}
