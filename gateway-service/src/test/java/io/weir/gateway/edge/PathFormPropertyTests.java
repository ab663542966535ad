package io.weir.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PathFormPropertyTests {

    @Property(tries = 500)
    void aTidyPathHasNoEmptySegmentAndTheSameOthers(@ForAll("paths") String path) {
        String tidied = PathForm.tidied(path);
        assertThat(tidied).startsWith("/").doesNotContain("//");
        assertThat(tidied.length() == 1 || !tidied.endsWith("/")).isTrue();
        assertThat(tidied.replace("/", "")).isEqualTo(path.replace("/", ""));
        assertThat(PathForm.tidied(tidied)).isEqualTo(tidied);
    }

    @Property(tries = 500)
    void everyWayToWriteADotSegmentIsFound(@ForAll("paths") String before, @ForAll("dots") String dots) {
        assertThat(PathForm.hasDotSegment(before + "/" + dots)).isTrue();
        assertThat(PathForm.hasDotSegment(before + "/" + dots + "/x")).isTrue();
    }

    @Example
    void dotsWithinNamesAreNoDotSegments() {
        assertThat(PathForm.hasDotSegment("/v1/models/gpt-4.1")).isFalse();
        assertThat(PathForm.hasDotSegment("/v1/models/.hidden..")).isFalse();
        assertThat(PathForm.hasDotSegment("/v1/models/meta%2Fllama-3.1")).isFalse();
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings().withChars("ab/.").ofMaxLength(12).map(rest -> "/" + rest);
    }

    @Provide
    Arbitrary<String> dots() {
        return Arbitraries.of(".", "..", "%2e", "%2E", ".%2e", "%2e.", "%2E%2e", "a%2f..", "..%2Fa");
    }
}
