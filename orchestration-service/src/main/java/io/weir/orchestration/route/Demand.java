package io.weir.orchestration.route;

import io.weir.money.Meter;
import io.weir.orchestration.dialect.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// What a request can be charged for, as far as limits on prices look at it.
///
/// @param promptBound tokens that the prompt has at most
/// @param input meters that its prompt can fill
/// @param output meters that its answer can fill; empty: nothing is written
record Demand(long promptBound, Set<Meter> input, Set<Meter> output) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String MARK = "cache_control";
    private static final byte[] CACHE_MARK = MARK.getBytes(StandardCharsets.US_ASCII);
    private static final Set<Meter> WRITTEN = Set.of(Meter.TEXT_OUT, Meter.REASONING_OUT);

    Demand {
        input = Set.copyOf(input);
        output = Set.copyOf(output);
    }

    /// A model in general, asked for text by text.
    static Demand text() {
        return new Demand(0, Set.of(Meter.TEXT_IN), Set.of(Meter.TEXT_OUT));
    }

    /// Texts that are embedded.
    static Demand embedding(long promptBound) {
        return new Demand(promptBound, Set.of(Meter.TEXT_IN), Set.of());
    }

    /// What is looked at and priced by the request.
    static Demand moderation() {
        return new Demand(0, Set.of(), Set.of());
    }

    /// By which a call of one model at several providers is the cheapest.
    Meter counted() {
        return input.isEmpty() ? Meter.REQUEST : Meter.TEXT_IN;
    }

    /// A provider's caches are written to where the request marks what to keep.
    static Demand of(ChatRequest request, long promptBound) {
        Set<Meter> input = EnumSet.of(Meter.TEXT_IN);
        if (request.images() > 0) {
            input.add(Meter.IMAGE_IN);
        }
        ChatRequest.Original original = request.original();
        if (marksCache(request.body()) || (original != null && marksCache(original.body()))) {
            input.add(Meter.CACHE_WRITE_5M);
            input.add(Meter.CACHE_WRITE_1H);
        }
        return new Demand(promptBound, input, WRITTEN);
    }

    /// The same with a prompt of other length.
    Demand within(long bound) {
        return new Demand(bound, input, output);
    }

    // Most requests have neither the word nor a name that could be it in escapes.
    private static boolean marksCache(byte[] body) {
        return mayMark(body) && hasMark(body);
    }

    private static boolean mayMark(byte[] body) {
        for (int i = 0; i < body.length - 1; i++) {
            boolean escape = body[i] == '\\' && body[i + 1] == 'u';
            if (escape || (body[i] == 'c' && startsWith(body, i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasMark(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && json.currentName().equals(MARK)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] body, int at) {
        if (body.length - at < CACHE_MARK.length) {
            return false;
        }
        for (int i = 0; i < CACHE_MARK.length; i++) {
            if (body[at + i] != CACHE_MARK[i]) {
                return false;
            }
        }
        return true;
    }
}
