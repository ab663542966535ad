package io.weir.local.platform;

import java.nio.file.Path;

/// The JDK that runs this process, which runs every other one too.
final class Java {

    private Java() {}

    static Path program() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }
}
