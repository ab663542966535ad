package io.weir.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The tables of inputs and outputs in the modules' pages.
/// `-Dweir.terraform.write=true` writes them anew.
class ReadmesTests {
    private static final String BEGIN = "<!-- inputs and outputs -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void pagesSayWhatTheModulesTakeAndGive() throws IOException {
        for (TerraformModule module : TerraformModule.all()) {
            if (module.path().startsWith("examples/")) {
                continue;
            }
            Path page = Terraform.HOME.resolve(module.path()).resolve("README.md");
            String text = Files.readString(page);
            assertThat(text)
                    .as("%s has a title and says what it is for", page)
                    .matches("(?s)# .+\n\n.{60,}" + BEGIN + ".*");
            String expected = text.substring(0, text.indexOf(BEGIN)) + BEGIN + tables(module) + END;
            if (Boolean.getBoolean("weir.terraform.write")) {
                Files.writeString(page, expected);
            } else {
                assertThat(text)
                        .as("%s; -Dweir.terraform.write=true writes it", page)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void theFirstPageNamesThemAll() throws IOException {
        String text = Files.readString(Terraform.HOME.resolve("README.md"));
        for (TerraformModule module : TerraformModule.all()) {
            assertThat(text).contains("(" + module.path() + ")");
        }
    }

    private static String tables(TerraformModule module) {
        String inputs = module.variables()
                .map(variable -> "| `" + variable.label(0) + "` | " + cell(variable.text("description")) + " | "
                        + standard(variable) + " |\n")
                .collect(Collectors.joining());
        String outputs = module.outputs()
                .map(output -> "| `" + output.label(0) + "` | " + cell(output.text("description")) + " |\n")
                .collect(Collectors.joining());
        return "\n| Input | What it is | Default |\n|---|---|---|\n" + inputs
                + (outputs.isEmpty() ? "" : "\n| Output | What it is |\n|---|---|\n" + outputs) + "\n";
    }

    private static String standard(Block variable) {
        String written = variable.attributes().get("default");
        if (written == null) {
            return "(needed)";
        }
        return written.contains("\n") ? "see variables.tf" : "`" + cell(written) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
