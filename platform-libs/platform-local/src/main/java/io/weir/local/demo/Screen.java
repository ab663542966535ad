package io.weir.local.demo;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/// Where the story is told: a hundred columns, in colour where the terminal has it.
final class Screen {

    private final PrintWriter out;
    private final Ansi ansi;
    private int section;

    Screen(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    void title(String text, String aside) {
        line("");
        line(strong(text) + "  " + faint(aside));
    }

    void section(String text) {
        section++;
        line("");
        line(style("fg(cyan),bold", Integer.toString(section)) + "  " + strong(text));
    }

    void row(String text) {
        line("   " + text);
    }

    void strongRow(String text) {
        line("   " + strong(text));
    }

    void aside(String text) {
        line("   " + faint(text));
    }

    void good(String text) {
        line("   " + style("fg(green),bold", text));
    }

    void bad(String text) {
        line("   " + style("fg(red),bold", text));
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    /// Six decimals, as small amounts need them.
    static String dollars(BigDecimal amount) {
        return "$" + amount.setScale(6, RoundingMode.HALF_UP).toPlainString();
    }

    /// All decimals that there are, two at least.
    static String exactly(BigDecimal amount) {
        int decimals = Math.max(2, amount.stripTrailingZeros().scale());
        return String.format(Locale.ROOT, "$%,." + decimals + "f", amount);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private String strong(String text) {
        return style("bold", text);
    }

    private String faint(String text) {
        return style("faint", text);
    }

    // Not through picocli's mark-up, whose signs may stand in the text itself.
    private String style(String styles, String text) {
        if (!ansi.enabled()) {
            return text;
        }
        Ansi.IStyle[] chosen = Ansi.Style.parse(styles);
        return Ansi.Style.on(chosen) + text + Ansi.Style.off(chosen);
    }
}
