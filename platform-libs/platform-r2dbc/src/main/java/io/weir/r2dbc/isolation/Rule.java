package io.weir.r2dbc.isolation;

/// One question to the catalogue.
///
/// @param query answers with `object` and `detail` for each thing that is wrong; may use the words of [Questions]
/// @param what says what is wrong, with `{object}` and `{detail}`
/// @param fix says how to mend it, likewise
record Rule(String name, String query, String what, String fix) {

    Finding finding(String object, String detail) {
        return new Finding(name, filled(what, object, detail), filled(fix, object, detail));
    }

    private static String filled(String text, String object, String detail) {
        return text.replace("{object}", object).replace("{detail}", detail);
    }
}
