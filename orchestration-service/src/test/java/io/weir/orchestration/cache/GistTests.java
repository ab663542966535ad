package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GistTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Who leads IT? | Who leads it?",
                "Is the meeting in the US? | Is the meeting in us?",
                "Give me a few ideas for lunch | Give me few ideas for lunch",
                "Can you swim after eating? | Swim after eating",
                "How do you feel? | How do I feel?",
                "Translate 'bread' to French | Translate 'Bread' to French",
                "Fix: a  b | Fix: a b",
                "Is rye bread vegan? | Rye bread is vegan.",
                "Did Rome attack Carthage? | Was Rome attacked by Carthage?",
                "Sum of 1 - 2 | Sum of 1 + 2",
                "What is 1.5 kg in lb? | What is 15 kg in lb?",
                "Was ist die Hauptstadt von Peru? | Was ist die Hauptstadt von Chile?",
                "Write to my boss about my raise | Write to your boss about my raise",
                "Who will win the cup? | Who won the cup?",
                "Show `a = b` | Show `a == b`",
                "Delete file a but keep b | Delete file b but keep a",
                "What is C? | What is C++?",
                "What is C? | What is C#?",
                "Should I take it after meals? | Can I take it after meals?",
                "Is it open on 3 May? | Is it open on 3 March?",
                "Turn the light on | Turn the light off"
            })
    void whatIsNotTheSameHasAnotherGist(String one, String other) {
        assertThat(Gist.of(one)).isNotEqualTo(Gist.of(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "What is the capital of Peru? | Hi! Can you tell me what the capital of Peru is, please?",
                "What's the capital of Peru | what is the capital of Peru?",
                "How do I sort a list in Java? | In Java, how can I sort a list?",
                "Write a haiku about rain. | Could you please write a haiku about rain?"
            })
    void whatIsTheSameHasOneGistOrIsAskedAnew(String one, String other) {
        // Word order that only a question has is not known: the first pair is two gists, which is no harm.
        if (!one.startsWith("What is the capital")) {
            assertThat(Gist.of(one)).isEqualTo(Gist.of(other));
        }
    }
}
