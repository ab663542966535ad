package io.weir.local.prove.lanes;

import io.weir.embedded.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Portkey's open gateway, from a directory where npm has installed it.
record Portkey(ListeningProcess process, String version, int port, int upstream) {

    /// Names the directory.
    static final String VARIABLE = "WEIR_PORTKEY";

    /// Why it is not there, and what to do.
    static final Lane.Absent ABSENT = new Lane.Absent(
            Lane.PEER,
            "install it with npm as loadtests/README.md says, and name the directory in the variable " + VARIABLE);

    private static final Path PACKAGE = Path.of("node_modules", "@portkey-ai", "gateway");
    private static final Path PROGRAM = PACKAGE.resolve("build").resolve("start-server.js");

    // It has no setting for its address, and listens on all of them.
    private static final String LOOPBACK_ONLY = """
            const net = require('node:net');
            const listen = net.Server.prototype.listen;
            net.Server.prototype.listen = function (port, ...rest) {
              const done = rest.find((one) => typeof one === 'function');
              return listen.call(this, Number(port), '127.0.0.1', done);
            };
            """;

    /// The directory that the variable names, if the gateway is in it.
    static Optional<Path> find(String named) {
        return Optional.of(named)
                .filter(name -> !name.isBlank())
                .map(name -> Path.of(name).toAbsolutePath())
                .filter(directory -> Files.exists(directory.resolve(PROGRAM)));
    }

    /// @param installed where npm has put it
    /// @param directory for all that it writes
    static Portkey start(Path installed, Path directory, int upstream) throws IOException {
        Files.createDirectories(directory);
        Path preload = directory.resolve("loopback-only.cjs");
        Files.writeString(preload, LOOPBACK_ONLY);
        int port = FreePort.lasting();
        ProcessBuilder builder = new ProcessBuilder(
                        "node",
                        "--require",
                        preload.toString(),
                        installed.resolve(PROGRAM).toString(),
                        "--headless",
                        "--port=" + port)
                .directory(directory.toFile());
        builder.environment().put("NODE_ENV", "production");
        String version = version(installed);
        return new Portkey(
                ListeningProcess.start(builder, port, directory.resolve("portkey.out")), version, port, upstream);
    }

    private static String version(Path installed) throws IOException {
        String described = Files.readString(installed.resolve(PACKAGE).resolve("package.json"));
        return JsonMapper.shared().readTree(described).path("version").asString("");
    }

    Lane lane() {
        Map<String, String> headers = Map.of(
                "authorization",
                "Bearer lanes",
                "x-portkey-provider",
                "openai",
                "x-portkey-custom-host",
                "http://127.0.0.1:" + upstream + "/v1");
        return new Lane(Lane.PEER, version, port, headers, Map.of(Lane.PEER, process.handle()));
    }
}
