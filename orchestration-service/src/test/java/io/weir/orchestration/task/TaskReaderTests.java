package io.weir.orchestration.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TaskReaderTests {

    private static Task read(String json) {
        return TaskReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Task of(String prompt) {
        return read("{\"messages\":[{\"role\":\"user\",\"content\":"
                + JsonMapper.shared().writeValueAsString(prompt) + "}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Classify the sentiment of this review. | CLASSIFICATION | SIMPLE",
                "Label each ticket as bug or wish. | CLASSIFICATION | SIMPLE",
                "Please categorise: my parcel is late | CLASSIFICATION | SIMPLE",
                "Extract all dates from the text below. | EXTRACTION | SIMPLE",
                "Could you please extract the names? | EXTRACTION | SIMPLE",
                "Translate to German: good morning | TRANSLATION | SIMPLE",
                "Summarise the minutes. | SUMMARY | STANDARD",
                "Can you summarize this for me? | SUMMARY | STANDARD",
                "Write a summary of the report. | SUMMARY | STANDARD",
                "Write a function that adds numbers | CODE | STANDARD",
                "Write a short Python program that counts words | CODE | STANDARD",
                "write SQL for the ten best customers | CODE | STANDARD",
                "Refactor this class. | CODE | STANDARD",
                "Write an essay about rivers. | WRITING | STANDARD",
                "Write a short story about a lock keeper. | WRITING | STANDARD",
                "Draft an email to the supplier. | WRITING | STANDARD",
                "Why is the sky blue? | QUESTION | SIMPLE",
                "Hello there | QUESTION | SIMPLE",
                "How would one classify plants? | QUESTION | SIMPLE",
                "Please prove that the sum is even. | QUESTION | HARD",
                "Translate: the architecture of the town hall | TRANSLATION | SIMPLE",
            })
    void theFirstInstructionDecides(String prompt, TaskClass kind, Complexity complexity) {
        assertThat(of(prompt)).isEqualTo(new Task(kind, complexity, false));
    }

    @Test
    void anInstructionMayFollowItsData() {
        assertThat(of("The parcel arrived late.\nThe box was wet.\n\nTranslate the text above to French.")
                        .taskClass())
                .isEqualTo(TaskClass.TRANSLATION);
        assertThat(of("data ".repeat(2_000) + "\n\nExtract all numbers.").taskClass())
                .isEqualTo(TaskClass.EXTRACTION);
    }

    @Test
    void theLastUserMessageCountsThenTheSystemMessage() {
        assertThat(read("""
                        {"messages":[{"role":"system","content":"Translate what the user says."},
                        {"role":"user","content":[{"type":"text","text":"good morning"}]}]}""").taskClass()).isEqualTo(TaskClass.TRANSLATION);
        assertThat(read("""
                        {"messages":[{"content":"Translate this.","role":"user"},{"role":"assistant","content":"..."},
                        {"role":"user","content":"Write a story about it."}]}""").taskClass()).isEqualTo(TaskClass.WRITING);
    }

    @Test
    void whatARequestHintsAtRaisesTheComplexity() {
        String ask = "\"messages\":[{\"role\":\"user\",\"content\":\"Classify this.\"}]}";
        assertThat(read("{\"reasoning_effort\":\"high\"," + ask).complexity()).isEqualTo(Complexity.HARD);
        assertThat(read("{\"reasoning_effort\":{\"odd\":[1]}," + ask).complexity())
                .isEqualTo(Complexity.SIMPLE);
        assertThat(read("{\"tools\":[{\"type\":\"function\"}]," + ask))
                .isEqualTo(new Task(TaskClass.CLASSIFICATION, Complexity.STANDARD, true));
        assertThat(of("Classify: " + "word ".repeat(2_000)).complexity()).isEqualTo(Complexity.STANDARD);
        assertThat(of("Classify: " + "word ".repeat(30_000)).complexity()).isEqualTo(Complexity.HARD);
    }

    @Property
    void anyTextHasOneClassAndAlwaysTheSame(@ForAll String prompt) {
        assertThat(of(prompt)).isEqualTo(of(prompt));
    }

    @Test
    void aHostileTextTakesNoLongTime() {
        for (String piece : new String[] {"a", " ", ".", "\n", ". ", "please ", "write "}) {
            Assertions.assertTimeout(Duration.ofSeconds(5), () -> of(piece.repeat(1_000_000)));
        }
    }
}
