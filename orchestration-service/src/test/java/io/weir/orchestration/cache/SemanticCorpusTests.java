package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Pairs that were fixed before the guard was written. Of the second half nothing was looked at.
class SemanticCorpusTests {

    private static final Logger LOG = LoggerFactory.getLogger(SemanticCorpusTests.class);
    private static final int TUNED = 250;
    private static final double THRESHOLD = 0.6;

    private final Likeness likeness = new Likeness(new LexicalEmbedder());

    private record Pair(int n, String kind, String a, String b) {}

    private static List<Pair> pairs(String file) {
        try (InputStream in =
                Objects.requireNonNull(SemanticCorpusTests.class.getResourceAsStream("/semantic-cache/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .map(SemanticCorpusTests::pair)
                    .toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static Pair pair(JsonNode json) {
        return new Pair(
                json.path("n").asInt(),
                json.path("kind").asString(),
                json.path("a").asString(),
                json.path("b").asString());
    }

    private List<Pair> hits(String file, boolean tuned) {
        List<Pair> half =
                pairs(file).stream().filter(pair -> pair.n() < TUNED == tuned).toList();
        assertThat(half).hasSize(TUNED);
        return half.stream().filter(this::isSame).toList();
    }

    private boolean isSame(Pair pair) {
        return likeness.nearest(
                        AnswerKeyPropertyTests.payer(), pair.a(), List.of(new KeptPrompt(pair.b(), "")), THRESHOLD)
                .blockOptional(Duration.ofSeconds(5))
                .isPresent();
    }

    @Test
    void nearMissesNeverShareAnAnswerAndParaphrasesDo() {
        int tuned = hits("paraphrases.jsonl", true).size();
        int untouched = hits("paraphrases.jsonl", false).size();
        LOG.info(
                "Semantic cache: of the tuned half {} of {} paraphrases hit, of the untouched half {} of {}",
                tuned,
                TUNED,
                untouched,
                TUNED);
        assertThat(hits("near-misses.jsonl", true)).isEmpty();
        assertThat(hits("near-misses.jsonl", false)).isEmpty();
        assertThat(untouched).isPositive();
        assertThat(tuned).isPositive();
    }
}
