package io.weir.embedded;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The life of a server that has a process to itself: start, one JSON line on standard output when it is ready,
/// and an orderly stop on SIGTERM or, where asked, when whoever started it is gone.
final class ServerProcess {

    interface Starter {
        RunningServer start(ServerArguments arguments) throws IOException, InterruptedException;
    }

    private ServerProcess() {}

    static void run(String name, String[] commandLine, Starter starter) {
        long started = System.nanoTime();
        try {
            ServerArguments arguments = ServerArguments.parse(List.of(commandLine));
            if (arguments.dieWithParent()) {
                endWithStandardInput();
            }
            RunningServer server = starter.start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, name + "-stop"));
            announce(name, server.port(), (System.nanoTime() - started) / 1_000_000);
            server.awaitEnd();
            // Reached as well while an asked stop is under way: exit then waits for the hook and keeps its status.
            System.exit(1);
        } catch (ServerStartException e) {
            System.err.println(name + ": " + e.getMessage() + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
            System.exit(2);
        } catch (IOException e) {
            System.err.println(name + ": " + e);
            System.exit(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            System.exit(2);
        }
    }

    private static void announce(String name, int port, long millis) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ready", true);
        line.put("server", name);
        line.put("port", port);
        line.put("pid", ProcessHandle.current().pid());
        line.put("millis", millis);
        System.out.println(JsonMapper.shared().writeValueAsString(line));
        System.out.flush();
    }

    private static void endWithStandardInput() {
        Thread watcher = new Thread(ServerProcess::awaitEndOfInput, "parent-watch");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // what the parent writes is of no interest, only that it is there
            }
        } catch (IOException e) {
            // a broken pipe is an end as well
        }
        System.exit(0);
    }
}
