package io.weir.local.audit;

import io.weir.local.platform.PlatformApi;
import io.weir.local.platform.PlatformApi.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Asks the platform to verify the log of one tenant or of every tenant. For one thread.
public final class AuditVerification {

    private static final String RESERVED = "00000000-0000-7000-8000-000000000001";
    private static final long TELL_AFTER = Duration.ofSeconds(2).toNanos();

    private final PlatformApi api;
    private final String adminKey;
    private final Consumer<String> progress;

    /// @param progress hears of a run that takes over two seconds, about once in two seconds
    public AuditVerification(PlatformApi api, String adminKey, Consumer<String> progress) {
        this.api = api;
        this.adminKey = adminKey;
        this.progress = progress;
    }

    /// What was found, over all tenants that were looked at.
    ///
    /// @param broken one entry for each log that does not hold
    public record Result(boolean verified, int tenants, long events, long checkpoints, List<Broken> broken) {
        public Result {
            broken = List.copyOf(broken);
        }
    }

    /// The first record of a log that does not hold.
    public record Broken(String tenant, long seq, String what) {}

    private record Log(String slug, String id) {}

    /// @param slug null: every tenant, and the platform's own log
    /// @throws IOException when the platform does not answer, or does not know the tenant
    public Result verify(@Nullable String slug) throws IOException, InterruptedException {
        List<Log> logs = logs(slug);
        List<Broken> broken = new ArrayList<>();
        long events = 0;
        long checkpoints = 0;
        long told = System.nanoTime();
        for (int i = 0; i < logs.size(); i++) {
            Log log = logs.get(i);
            JsonNode verdict = succeeded(api.post("/api/tenants/" + log.id() + "/audit/verify", adminKey, List.of()));
            events += verdict.path("events").asLong();
            checkpoints += verdict.path("checkpoints").asLong();
            if (!verdict.path("verified").asBoolean()) {
                JsonNode first = verdict.path("firstBroken");
                broken.add(new Broken(
                        log.slug(),
                        first.path("seq").asLong(),
                        first.path("what").asString("")));
            }
            if (System.nanoTime() - told > TELL_AFTER) {
                told = System.nanoTime();
                progress.accept("%d of %d logs, %d records".formatted(i + 1, logs.size(), events));
            }
        }
        return new Result(broken.isEmpty(), logs.size(), events, checkpoints, broken);
    }

    private List<Log> logs(@Nullable String slug) throws IOException, InterruptedException {
        List<Log> logs = new ArrayList<>();
        if (slug == null || slug.equals("platform")) {
            logs.add(new Log("platform", RESERVED));
        }
        String cursor = "";
        while (slug == null || logs.isEmpty()) {
            JsonNode page = succeeded(api.get("/api/tenants?limit=200" + cursor, adminKey));
            for (JsonNode tenant : page.path("tenants").values()) {
                String found = tenant.path("slug").asString("");
                if (slug == null || slug.equals(found)) {
                    logs.add(new Log(found, tenant.path("tenantId").asString("")));
                }
            }
            String next = page.path("nextCursor").asString("");
            if (next.isEmpty()) {
                break;
            }
            cursor = "&cursor=" + next;
        }
        if (logs.isEmpty()) {
            throw new IOException("there is no tenant '" + slug + "'; GET /api/tenants lists them");
        }
        return logs;
    }

    private static JsonNode succeeded(Answer answer) throws IOException {
        if (!answer.succeeded()) {
            throw new IOException("the platform answered " + answer.status() + ": "
                    + answer.body().path("detail").asString(answer.body().toString()));
        }
        return answer.body();
    }
}
