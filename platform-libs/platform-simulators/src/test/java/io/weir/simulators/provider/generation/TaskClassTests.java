package io.weir.simulators.provider.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskClassTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CLASSIFICATION|Classify this ticket as billing or technical: it hurts.",
                "CLASSIFICATION|Label the review: great!",
                "EXTRACTION|Extract the names from: Ada met Grace.",
                "TRANSLATION|translate to German: good morning",
                "SUMMARY|Summarise the text below.",
                "SUMMARY|Please summarize: water flows.",
                "CODE|Write a Java function that adds two numbers.",
                "CODE|Write SQL for the ten best customers",
                "CODE|Refactor: int a = 1;",
                "WRITING|Write an essay on rivers",
                "WRITING|Could you please write a short and friendly story?",
                "QUESTION|What is a function?",
                "QUESTION|hello",
                "QUESTION|Write it down",
                "QUESTION|''",
                "QUESTION|'?! 7'",
            })
    void theFirstVerbDecides(TaskClass expected, String prompt) {
        assertThat(TaskClass.of(prompt)).isEqualTo(expected);
    }
}
