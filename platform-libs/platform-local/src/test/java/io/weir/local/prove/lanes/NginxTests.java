package io.weir.local.prove.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NginxTests {

    @TempDir
    Path directory;

    @Test
    void itListensOnLoopbackOnlyAndWritesNowhereElse() {
        String text = Nginx.configuration(directory, 20_001, 20_002);

        assertThat(text.lines().map(String::strip).filter(line -> line.startsWith("listen")))
                .containsExactly("listen 127.0.0.1:20001 backlog=1024;");
        assertThat(text).contains("server 127.0.0.1:20002;");
        assertThat(text.lines().map(String::strip).filter(line -> line.matches("(pid|error_log|\\w+_temp_path) .*")))
                .hasSize(7)
                .allMatch(line -> line.contains(" \"" + directory + "/"));
        assertThat(text.chars().filter(one -> one == '{').count())
                .isEqualTo(text.chars().filter(one -> one == '}').count())
                .isEqualTo(5);
    }

    @Test
    void itIsFoundOnThePathWhereItCanBeRun() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path holding = Files.createDirectory(directory.resolve("holding"));
        Path program = Files.createFile(
                holding.resolve("nginx"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        assertThat(Nginx.find(empty + File.pathSeparator + holding)).contains(program);
    }

    @Test
    void portkeyIsOnlyThereWhereItIsInstalled() throws IOException {
        assertThat(Portkey.find("")).isEmpty();
        assertThat(Portkey.find(directory.toString())).isEmpty();

        Path build = directory.resolve("node_modules/@portkey-ai/gateway/build");
        Files.createDirectories(build);
        Files.createFile(build.resolve("start-server.js"));

        assertThat(Portkey.find(directory.toString())).contains(directory.toAbsolutePath());
    }
}
