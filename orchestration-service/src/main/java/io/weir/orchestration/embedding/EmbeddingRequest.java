package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.RoutingWishes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A valid request for embeddings.
///
/// @param model null: the client named none
/// @param dimensions null: the model's own
/// @param user the client's word for its own user; null: none
/// @param routing what it says of who may serve it
/// @param bytes of the body as received
record EmbeddingRequest(
        @Nullable String model,
        Inputs inputs,
        Format format,
        @Nullable Integer dimensions,
        @Nullable String user,
        RoutingWishes routing,
        int bytes) {

    /// How a vector is written.
    enum Format {
        /// An array of numbers.
        FLOAT,
        /// Base64 of little-endian IEEE 754 single precision.
        BASE64
    }

    /// What is to be embedded; one at least, and none is empty.
    sealed interface Inputs {

        int count();

        /// No fewer than the tokens that any provider counts.
        long tokenBound();
    }

    record Texts(List<String> texts) implements Inputs {

        // What a tokenizer may put before and after a text.
        private static final int MARKS = 2;

        Texts {
            texts = List.copyOf(texts);
        }

        @Override
        public int count() {
            return texts.size();
        }

        /// Each token is a byte of UTF-8 at least.
        @Override
        public long tokenBound() {
            return texts.stream().mapToLong(text -> MARKS + bytes(text)).sum();
        }

        // Half of a surrogate pair becomes a replacement of three bytes.
        private static long bytes(String text) {
            long bytes = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
            return bytes;
        }
    }

    /// Texts that the client has cut into tokens of the model's own tokenizer.
    record Tokens(List<int[]> texts) implements Inputs {

        Tokens {
            texts = List.copyOf(texts);
        }

        @Override
        public int count() {
            return texts.size();
        }

        @Override
        public long tokenBound() {
            return texts.stream().mapToLong(tokens -> tokens.length).sum();
        }
    }

    @Override
    public String toString() {
        return "EmbeddingRequest[" + model + ", " + inputs.count() + " inputs, " + bytes + " bytes]";
    }
}
