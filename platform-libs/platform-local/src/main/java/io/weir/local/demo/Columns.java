package io.weir.local.demo;

import java.util.Locale;

/// The columns of a table.
///
/// @param format of [String#format], one conversion for each column
record Columns(String format) {

    String row(Object... values) {
        return String.format(Locale.ROOT, format, values).stripTrailing();
    }
}
