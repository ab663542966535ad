package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageSheetTests {

    /// Ten to the hundred millionth has as many digits: nothing to write out on the thread that settles.
    @ParameterizedTest
    @CsvSource({
        "1e99999999, 1000000000000",
        "1e-99999999, 1",
        "1.5, 2",
        "12, 12",
        "0, 0",
        "-1e99999999, 0",
    })
    void aNumberOfAnyLengthIsACountWithinBounds(String number, long counted) {
        UsageSheet sheet = new UsageSheet(WireJson.object());
        assertThat(sheet.unknown("odd", WireJson.read(number))).isEqualTo(counted);
    }
}
