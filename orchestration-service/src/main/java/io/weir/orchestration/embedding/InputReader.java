package io.weir.orchestration.embedding;

import io.weir.orchestration.embedding.EmbeddingRequest.Inputs;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import io.weir.orchestration.embedding.EmbeddingRequest.Tokens;
import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/// Reads `input`: a text, texts, the tokens of one text, or of several.
final class InputReader {

    /// OpenAI's own limit.
    private static final int MOST_INPUTS = 2_048;

    private static final String FORMS = "a string, an array of strings, an array of tokens or an array of token arrays";

    private InputReader() {}

    /// From its first token, which is not null, to its last. Throws a 400 naming the item.
    static Inputs read(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return new Texts(List.of(text("input", json)));
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw EmbeddingRequestReader.wrongType("input", FORMS);
        }
        return switch (json.nextToken()) {
            case VALUE_STRING -> texts(json);
            case VALUE_NUMBER_INT -> new Tokens(List.of(tokens("input", json)));
            case START_ARRAY -> tokenArrays(json);
            case END_ARRAY -> throw empty("input");
            default -> throw EmbeddingRequestReader.wrongType("input[0]", "a string, a token or an array of tokens");
        };
    }

    private static Texts texts(JsonParser json) {
        List<String> texts = new ArrayList<>();
        for (; json.currentToken() != JsonToken.END_ARRAY; json.nextToken()) {
            String path = item(texts.size());
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw EmbeddingRequestReader.wrongType(path, "a string, as those before it");
            }
            texts.add(text(path, json));
        }
        return new Texts(texts);
    }

    private static Tokens tokenArrays(JsonParser json) {
        List<int[]> texts = new ArrayList<>();
        for (; json.currentToken() != JsonToken.END_ARRAY; json.nextToken()) {
            String path = item(texts.size());
            if (json.currentToken() != JsonToken.START_ARRAY) {
                throw EmbeddingRequestReader.wrongType(path, "an array of tokens, as those before it");
            }
            json.nextToken();
            texts.add(tokens(path, json));
        }
        return new Tokens(texts);
    }

    // From the first item to the end of the array.
    private static int[] tokens(String path, JsonParser json) {
        int[] tokens = new int[16];
        int count = 0;
        for (; json.currentToken() != JsonToken.END_ARRAY; json.nextToken()) {
            if (count == tokens.length) {
                tokens = Arrays.copyOf(tokens, count * 2);
            }
            tokens[count] = token(path + "[" + count + "]", json);
            count++;
        }
        if (count == 0) {
            throw empty(path);
        }
        return Arrays.copyOf(tokens, count);
    }

    private static int token(String path, JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            try {
                int token = json.getIntValue();
                if (token >= 0) {
                    return token;
                }
            } catch (InputCoercionException tooLarge) {
                // Told below.
            }
        }
        throw EmbeddingRequestReader.wrongType(path, "a token, which is a whole number from 0");
    }

    private static String text(String path, JsonParser json) {
        String text = json.getString();
        if (text.isEmpty()) {
            throw empty(path);
        }
        return text;
    }

    private static String item(int index) {
        if (index >= MOST_INPUTS) {
            throw PlatformException.invalid(
                    "input", "'input' has more than " + MOST_INPUTS + " items. Send them in several requests.");
        }
        return "input[" + index + "]";
    }

    private static PlatformException empty(String path) {
        return PlatformException.invalid(path, "'" + path + "' is empty. There is nothing to embed; leave it out.");
    }
}
