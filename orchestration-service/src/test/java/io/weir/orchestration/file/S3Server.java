package io.weir.orchestration.file;

import io.weir.embedded.FreePort;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// S3Proxy over a directory, in a process of its own: signatures are checked, parts are put together.
final class S3Server implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final String IDENTITY = "tests";
    private static final String CREDENTIAL = "not-a-secret";

    private final Process process;
    private final int port;
    private final Path bucket;

    private S3Server(Process process, int port, Path bucket) {
        this.process = process;
        this.port = port;
        this.bucket = bucket;
    }

    static S3Server start(Path directory) throws IOException {
        int port = FreePort.lasting();
        Path bucket = Files.createDirectories(directory.resolve("buckets").resolve("files"));
        Path settings = directory.resolve("s3proxy.properties");
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.authorization=aws-v4",
                        "s3proxy.identity=" + IDENTITY,
                        "s3proxy.credential=" + CREDENTIAL,
                        // As S3 does with what it does not know.
                        "s3proxy.ignore-unknown-headers=true",
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + bucket.getParent(),
                        ""));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        Path.of("target", "s3proxy.jar").toAbsolutePath().toString(),
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3proxy.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        S3Server server = new S3Server(process, port, bucket);
        Eventually.passes(START, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(directory.resolve("s3proxy.log")));
            }
            new Socket(InetAddress.getLoopbackAddress(), port).close();
        });
        return server;
    }

    FilesProperties.S3 terms() {
        return new FilesProperties.S3(
                "files",
                "eu-central-1",
                URI.create("http://127.0.0.1:" + port),
                "weir/",
                true,
                FilesProperties.Encryption.BUCKET,
                "");
    }

    AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, CREDENTIAL));
    }

    AwsCredentialsProvider wrongCredentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, "another"));
    }

    /// Where the objects lie.
    Path bucket() {
        return bucket;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("S3Proxy does not end");
        }
    }
}
