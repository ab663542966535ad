package io.weir.local.prove.lanes;

import io.weir.embedded.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// nginx as a bare reverse proxy, with a configuration and a directory of its own.
record Nginx(ListeningProcess process, String version, int port) {

    /// Why it is not there, and what to do.
    static final Lane.Absent ABSENT = new Lane.Absent(
            Lane.PROXY, "there is no nginx on the path; install one (its service need not run) and run this again");

    private static final List<String> FURTHER = List.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin");

    /// The program, where this machine has it.
    ///
    /// @param path as the variable `PATH` has it
    static Optional<Path> find(String path) {
        return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), FURTHER.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// @param directory for all that it writes
    static Nginx start(Path program, Path directory, int upstream) throws IOException {
        Files.createDirectories(directory);
        int port = FreePort.lasting();
        Path configuration = directory.resolve("nginx.conf");
        Files.writeString(configuration, configuration(directory, port, upstream));
        String log = directory.resolve("error.log").toString();
        ProcessBuilder builder = new ProcessBuilder(
                program.toString(), "-p", directory.toString(), "-e", log, "-c", configuration.toString());
        String version = version(program);
        return new Nginx(ListeningProcess.start(builder, port, directory.resolve("nginx.out")), version, port);
    }

    // `nginx version: nginx/1.22.1`
    private static String version(Path program) throws IOException {
        Process asked = new ProcessBuilder(program.toString(), "-v")
                .redirectErrorStream(true)
                .start();
        try (InputStream said = asked.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.substring(text.indexOf('/') + 1);
        }
    }

    // Connections to the upstream are kept; nothing is buffered, written or logged.
    static String configuration(Path directory, int port, int upstream) {
        return """
                daemon off;
                worker_processes auto;
                pid "%1$s/nginx.pid";
                error_log "%1$s/error.log" warn;
                events {
                  worker_connections 4096;
                }
                http {
                  access_log off;
                  client_body_temp_path "%1$s/client_body";
                  proxy_temp_path "%1$s/proxy";
                  fastcgi_temp_path "%1$s/fastcgi";
                  uwsgi_temp_path "%1$s/uwsgi";
                  scgi_temp_path "%1$s/scgi";
                  client_body_buffer_size 64k;
                  keepalive_timeout 600s;
                  keepalive_requests 100000000;
                  upstream provider {
                    server 127.0.0.1:%3$d;
                    keepalive 1024;
                    keepalive_requests 100000000;
                  }
                  server {
                    listen 127.0.0.1:%2$d backlog=1024;
                    location / {
                      proxy_pass http://provider;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_buffering off;
                    }
                  }
                }
                """.formatted(directory, port, upstream);
    }

    Lane lane() {
        return new Lane(
                Lane.PROXY,
                version,
                port,
                Map.of("authorization", "Bearer lanes"),
                Map.of(Lane.PROXY, process.handle()));
    }
}
