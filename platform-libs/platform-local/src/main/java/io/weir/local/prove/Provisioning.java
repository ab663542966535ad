package io.weir.local.prove;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ten thousand tenants on a platform that runs: how fast they are made, what they cost the services in memory,
/// and how soon the last of them can make a call. Leaves them there: use a platform with a state directory of
/// its own.
final class Provisioning implements Proof {

    private static final int AT_ONCE = 8;
    private static final int FIRST_CALLS = 10;
    private static final Duration BAR = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "provisioning";
    }

    @Override
    public String description() {
        return "10,000 tenants made on the running platform: rate, memory, first call of a new one within 5 s";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Path file = undertaking.layout().platformFile();
        if (!Files.exists(file)) {
            throw new IOException("no platform runs in " + undertaking.layout().state()
                    + "; start one for this: ./weir up --state-dir DIR, then give the same --state-dir here");
        }
        JsonNode platform = JsonMapper.shared().readTree(PrivateFiles.read(file));
        int tenants = undertaking.size() * 1_000;
        try (PlatformApi api = new PlatformApi(platform.path("gateway").asString())) {
            Run run = new Run(api, platform.path("adminKey").asString(), undertaking);
            Map<String, Long> before = memory(platform);
            List<Duration> early = run.firstCalls("early");
            long begin = System.nanoTime();
            run.provision(tenants);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            List<Duration> late = run.firstCalls("late");
            return outcome(undertaking, tenants, took, run, early, late, before, memory(platform));
        }
    }

    private static Outcome outcome(
            Undertaking undertaking,
            int tenants,
            Duration took,
            Run run,
            List<Duration> early,
            List<Duration> late,
            Map<String, Long> before,
            Map<String, Long> after)
            throws IOException {
        double rate = tenants * 1_000.0 / took.toMillis();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d tenants in %d s, %.0f a second, %d at once; %d refused. From provisioning to the first successful"
                        + " chat completion: median %d ms, slowest %d ms of %d (before them: %d and %d ms).",
                tenants,
                took.toSeconds(),
                rate,
                AT_ONCE,
                run.refused.get(),
                middle(late).toMillis(),
                Collections.max(late).toMillis(),
                late.size(),
                middle(early).toMillis(),
                Collections.max(early).toMillis()));
        lines.addAll(List.of("", "| Service | resident before | resident after |", "|---|---|---|"));
        after.forEach((service, bytes) -> lines.add(String.format(
                Locale.ROOT, "| %s | %d MB | %d MB |", service, before.getOrDefault(service, 0L) >> 20, bytes >> 20)));
        lines.forEach(undertaking::say);
        Results.write(
                undertaking.layout(), "Provisioning", "./weir prove provisioning --size " + undertaking.size(), lines);
        boolean proven = run.refused.get() == 0 && Collections.max(late).compareTo(BAR) < 0;
        return new Outcome(
                proven,
                Map.of(
                        "tenants", tenants,
                        "perSecond", Math.round(rate),
                        "refused", run.refused.get(),
                        "firstCallMillis", Collections.max(late).toMillis()));
    }

    private static Duration middle(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2);
    }

    // Of the kernel; empty where there is none that tells.
    private static Map<String, Long> memory(JsonNode platform) throws IOException {
        Map<String, Long> resident = new LinkedHashMap<>();
        for (JsonNode service : platform.path("services")) {
            Path status = Path.of("/proc", Long.toString(service.path("pid").asLong()), "status");
            if (Files.exists(status)) {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmRSS:")) {
                        resident.put(
                                service.path("name").asString(), Long.parseLong(line.replaceAll("\\D", "")) * 1_024);
                    }
                }
            }
        }
        return resident;
    }

    private static final class Run {

        private final PlatformApi api;
        private final String adminKey;
        private final Undertaking undertaking;
        private final String prefix = "load-" + Long.toString(System.currentTimeMillis(), 36) + "-";
        private final AtomicInteger made = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();

        Run(PlatformApi api, String adminKey, Undertaking undertaking) {
            this.api = api;
            this.adminKey = adminKey;
            this.undertaking = undertaking;
        }

        void provision(int count) throws IOException, InterruptedException {
            AtomicInteger next = new AtomicInteger();
            List<Future<Void>> workers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int worker = 0; worker < AT_ONCE; worker++) {
                    workers.add(threads.submit(() -> {
                        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                            one(prefix + i);
                        }
                        return null;
                    }));
                }
            }
            for (Future<Void> worker : workers) {
                try {
                    worker.get();
                } catch (ExecutionException failed) {
                    throw new IOException("provisioning stopped", failed.getCause());
                }
            }
            undertaking.endProgress();
            reasons.stream().limit(3).forEach(undertaking::say);
        }

        private void one(String slug) throws IOException, InterruptedException {
            Answer answer = api.post("/api/tenants/provision", adminKey, wish(slug));
            if (answer.succeeded()) {
                int done = made.incrementAndGet();
                if (done % 500 == 0) {
                    undertaking.progress(done + " made");
                }
            } else {
                refused.incrementAndGet();
                reasons.add("refused: " + answer.status() + " " + answer.body());
            }
        }

        private static Map<String, Object> wish(String slug) {
            return Map.of("slug", slug, "adminEmail", "admin@" + slug + ".example", "planTier", "growth");
        }

        /// From sending the provisioning to the end of the new tenant's first successful call.
        List<Duration> firstCalls(String what) throws IOException, InterruptedException {
            List<Duration> took = new ArrayList<>();
            Map<String, Object> call = Map.of(
                    "model",
                    "gpt-4o-mini",
                    "max_tokens",
                    16,
                    "messages",
                    List.of(Map.of("role", "user", "content", "Hi")));
            for (int i = 0; i < FIRST_CALLS; i++) {
                long begin = System.nanoTime();
                Answer answer = api.post("/api/tenants/provision", adminKey, wish(prefix + what + "-" + i));
                String key = answer.body().path("apiKey").asString("");
                if (key.isEmpty()) {
                    throw new IOException("a tenant was not provisioned: " + answer.status() + " " + answer.body());
                }
                while (!api.post("/v1/chat/completions", key, call).succeeded()) {
                    if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(60)) {
                        throw new IOException("a new tenant cannot make a call within 60 s");
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                took.add(Duration.ofNanos(System.nanoTime() - begin));
            }
            return took;
        }
    }
}
