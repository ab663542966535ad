package io.weir.proof.ground;

import java.util.List;

/// Everything that a statement told the one who sent it.
///
/// @param rows each as text, its columns joined by `|`
/// @param changed how many rows the server said it changed
/// @param sqlState of the error; empty where there was none
/// @param said the error's and the notices' texts
public record Answer(List<String> rows, long changed, String sqlState, String said) {

    public Answer {
        rows = List.copyOf(rows);
    }

    public boolean refused() {
        return !sqlState.isEmpty();
    }

    /// Whether the text stands anywhere in it.
    public boolean mentions(String text) {
        return said.contains(text) || rows.stream().anyMatch(row -> row.contains(text));
    }

    /// Whether it names a number above zero in its first column, or changed rows.
    public boolean counts() {
        return changed > 0
                || rows.stream().map(row -> row.split("\\|", 2)[0]).anyMatch(first -> first.matches("[1-9][0-9]*"));
    }
}
