package io.weir.local.testrun;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteReportTests {

    @Test
    void whatFailedAndWhatWasNotRunIsCounted(@TempDir Path home) throws IOException {
        Path directory = Files.createDirectories(home.resolve("billing-service/target/surefire-reports"));
        Files.writeString(directory.resolve("TEST-a.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="io.weir.A" tests="4" errors="1" skipped="1" failures="1">
                  <testcase name="passes" classname="io.weir.A"/>
                  <testcase name="waits" classname="io.weir.A"><skipped message="needs Docker"/></testcase>
                  <testcase name="fails" classname="io.weir.A"><failure>no</failure></testcase>
                  <testcase name="breaks" classname="io.weir.A"><error message="500">no</error><system-out><![CDATA[
                {"level":"INFO","message":"fine"}
                {"level":"ERROR","message":"why"}
                ]]></system-out></testcase>
                </testsuite>
                """);
        Files.writeString(directory.resolve("a.txt"), "not a report");

        assertThat(SuiteReport.since(home, Instant.now().minusSeconds(60)))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.module()).isEqualTo("billing-service");
                    assertThat(report.tests()).isEqualTo(4);
                    assertThat(report.failed()).isEqualTo(2);
                    assertThat(report.causes())
                            .extracting(String::strip)
                            .containsExactly(
                                    "io.weir.A.fails:",
                                    "io.weir.A.breaks: 500",
                                    "{\"level\":\"ERROR\",\"message\":\"why\"}");
                    assertThat(report.notRun()).containsExactly("io.weir.A.waits: needs Docker");
                });
        assertThat(SuiteReport.since(home, Instant.now().plusSeconds(60))).isEmpty();
    }
}
