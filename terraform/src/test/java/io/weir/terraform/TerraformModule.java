package io.weir.terraform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A directory with Terraform files, read as one, as Terraform does.
///
/// @param path below the home of the modules, with `/`
/// @param root what stands in its files
record TerraformModule(String path, Block root) {

    /// All modules, logic, environments and examples, but not what runs their tests.
    static List<TerraformModule> all() throws IOException {
        List<TerraformModule> modules = new ArrayList<>();
        for (String below : List.of("logic", "modules", "environments", "examples")) {
            for (Path directory : TerraformTests.directories(below).toList()) {
                modules.add(read(directory));
            }
        }
        return modules;
    }

    static TerraformModule read(Path directory) throws IOException {
        List<Block> blocks = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".tf"))
                    .sorted()
                    .toList()) {
                blocks.addAll(HclReader.read(file).blocks());
            }
        }
        String path = Terraform.HOME.relativize(directory).toString().replace('\\', '/');
        return new TerraformModule(path, new Block("", List.of(), Map.of(), blocks));
    }

    Stream<Block> variables() {
        return root.all("variable");
    }

    Stream<Block> outputs() {
        return root.all("output");
    }

    Stream<Block> resources() {
        return root.all("resource");
    }

    /// Everything that is written in it, to look for a word.
    String words() throws IOException {
        var text = new StringBuilder();
        try (Stream<Path> files = Files.list(Terraform.HOME.resolve(path))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".tf"))
                    .sorted()
                    .toList()) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString();
    }
}
