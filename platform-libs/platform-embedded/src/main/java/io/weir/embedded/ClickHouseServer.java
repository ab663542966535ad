package io.weir.embedded;

import io.weir.embedded.clickhouse.ClickHouseFront;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// A ClickHouse with its own data directory, on the loopback address, with a password for its one user, `default`.
/// Its JVM needs `--enable-native-access=ALL-UNNAMED`.
public final class ClickHouseServer {

    private ClickHouseServer() {}

    public static void main(String[] arguments) {
        ServerProcess.run("clickhouse", arguments, ClickHouseServer::start);
    }

    static RunningServer start(ServerArguments arguments) throws IOException, InterruptedException {
        ClickHouseFront front =
                ClickHouseFront.open(ChdbLibrary.locate(), arguments.data(), arguments.port(), arguments.password());
        return new Running(front, new CountDownLatch(1));
    }

    private record Running(ClickHouseFront front, CountDownLatch closed) implements RunningServer {
        @Override
        public int port() {
            return front.port();
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            closed.await();
        }

        @Override
        public void close() {
            front.close();
            closed.countDown();
        }
    }
}
