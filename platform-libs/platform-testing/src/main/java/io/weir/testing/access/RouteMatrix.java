package io.weir.testing.access;

import io.weir.problem.ErrorShape;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoute;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls every route of a running service as every caller, for its own tenant and for a foreign one, and compares what
/// comes of it with the route's declaration: who may not is refused with 401 or 403 in the shape of the path, who may
/// never is, and nobody gets a 5xx. Bodies are empty, so that a 400 is a good answer to who may.
public final class RouteMatrix {

    /// Where one call goes.
    private record Target(String path, Map<String, String> headers, boolean foreign) {}

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> METHODS = List.of("PUT", "PATCH", "DELETE", "POST", "GET");

    private final URI service;
    private final TenantId own;
    private final TenantId foreign;
    private final List<MatrixCaller> callers;
    private final Map<String, String> tenantParameters = new LinkedHashMap<>();
    private final Set<String> unavailable = new HashSet<>();
    private final Set<String> refusing = new HashSet<>();
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private final List<String> holes = new ArrayList<>();
    private String header = "";
    private String ownHeader = "";
    private String foreignHeader = "";
    private int calls;

    /// @param own the callers' tenant, which exists
    public RouteMatrix(URI service, TenantId own, List<MatrixCaller> callers) {
        this.service = service;
        this.own = own;
        this.foreign = new TenantId(UUID.randomUUID());
        this.callers = List.copyOf(callers);
    }

    /// The route takes the tenant as a query parameter as well.
    ///
    /// @param route as `GET /path`
    public RouteMatrix withTenantParameter(String route, String parameter) {
        tenantParameters.put(route, parameter);
        return this;
    }

    /// Every route takes the tenant as a header as well.
    public RouteMatrix withTenantHeader(String name, String ownValue, String foreignValue) {
        header = name;
        ownHeader = ownValue;
        foreignHeader = foreignValue;
        return this;
    }

    /// What the route needs is not there in this test: a 503 is a good answer, too.
    public RouteMatrix mayBeUnavailable(String route) {
        unavailable.add(route);
        return this;
    }

    /// Who may call the route is refused in a state that the matrix brings about, by a rule of its own.
    public RouteMatrix mayBeRefused(String route) {
        refusing.add(route);
        return this;
    }

    /// Runs all. Throws [AssertionError] naming every hole. Answers with the matrix's size and what came back.
    public String check(List<DeclaredRoute> routes) {
        if (routes.isEmpty()) {
            throw new AssertionError("no routes: the matrix would pass without meaning");
        }
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (DeclaredRoute route : routes) {
                for (Target target : targets(route)) {
                    for (MatrixCaller caller : callers) {
                        call(client, route, method(route, routes), target, caller);
                    }
                }
            }
        }
        if (!holes.isEmpty()) {
            throw new AssertionError(holes.size() + " holes in the matrix:\n" + String.join("\n", holes));
        }
        return "matrix: %d routes x %d callers, own and foreign tenant: %d calls, 0 holes, answers %s"
                .formatted(routes.size(), callers.size(), calls, answers);
    }

    private List<Target> targets(DeclaredRoute route) {
        List<Target> targets = new ArrayList<>();
        String variable = route.access() instanceof RouteAccess.Holders holders
                ? holders.tenantVariable().orElse("")
                : "";
        targets.add(new Target(path(route, variable, own), Map.of(), false));
        if (!variable.isEmpty()) {
            targets.add(new Target(path(route, variable, foreign), Map.of(), true));
        }
        String parameter = tenantParameters.get(route.toString());
        if (parameter != null) {
            String path = path(route, variable, own) + "?" + parameter + "=";
            targets.add(new Target(path + own, Map.of(), false));
            targets.add(new Target(path + foreign, Map.of(), true));
        }
        if (!header.isEmpty() && route.access() instanceof RouteAccess.Holders) {
            targets.add(new Target(path(route, variable, own), Map.of(header, ownHeader), false));
            targets.add(new Target(path(route, variable, own), Map.of(header, foreignHeader), true));
        }
        return targets;
    }

    private static String path(DeclaredRoute route, String variable, TenantId tenant) {
        return route.pattern()
                .replace("{" + variable + "}", tenant.toString())
                .replaceAll("\\{\\*[^}]+}", "/any")
                .replaceAll("\\{[^}]+}", UUID.randomUUID().toString())
                .replace("**", "any");
    }

    private static String method(DeclaredRoute route, List<DeclaredRoute> all) {
        if (!route.method().equals("*")) {
            return route.method();
        }
        Set<String> taken = all.stream()
                .filter(other -> other.pattern().equals(route.pattern()))
                .map(DeclaredRoute::method)
                .collect(Collectors.toSet());
        return METHODS.stream()
                .filter(method -> !taken.contains(method))
                .findFirst()
                .orElse("TRACE");
    }

    private void call(HttpClient client, DeclaredRoute route, String method, Target target, MatrixCaller caller) {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(target.path()))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody());
        target.headers().forEach(request::header);
        caller.credentials().accept(request);
        String name =
                "%s %s as %s%s".formatted(method, target.path(), caller.name(), target.foreign() ? ", foreign" : "");
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            calls++;
            answers.merge(answer.statusCode(), 1, Integer::sum);
            // A stream is left at once.
            try (InputStream body = answer.body()) {
                judge(name, route, target, caller, answer, body);
            }
        } catch (IOException failed) {
            holes.add(name + ": " + failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private void judge(
            String name,
            DeclaredRoute route,
            Target target,
            MatrixCaller caller,
            HttpResponse<InputStream> answer,
            InputStream body)
            throws IOException {
        ProblemType refusal = refusal(route, target, caller);
        int status = answer.statusCode();
        if (refusal != null) {
            String wrong = status == refusal.status()
                    ? misshapen(target.path(), refusal, answer, body)
                    : "expected " + refusal.status();
            if (!wrong.isEmpty()) {
                holes.add(name + ": " + status + ", " + wrong);
            }
            return;
        }
        boolean excused = status == 503 && unavailable.contains(route.toString());
        boolean ruled = status == 403 && refusing.contains(route.toString());
        if (status == 401 || (status == 403 && !ruled) || (status >= 500 && !excused)) {
            holes.add(name + ": " + status + ", may call it: "
                    + new String(body.readNBytes(500), StandardCharsets.UTF_8));
        }
    }

    private static @Nullable ProblemType refusal(DeclaredRoute route, Target target, MatrixCaller caller) {
        return switch (route.access()) {
            case RouteAccess.Open open -> null;
            case RouteAccess.Holders holders -> {
                if (caller.refusal() != null) {
                    yield caller.refusal();
                }
                // A tenant that a header names is part of who the caller is.
                if (target.foreign() && !target.headers().isEmpty()) {
                    yield ProblemType.TENANT_MISMATCH;
                }
                if (!holders.permits(caller.scopes())) {
                    yield ProblemType.PERMISSION_DENIED;
                }
                boolean operator = caller.scopes().contains(Scope.PLATFORM_ADMIN);
                yield target.foreign() && !operator ? ProblemType.TENANT_MISMATCH : null;
            }
        };
    }

    private static String misshapen(
            String path, ProblemType refusal, HttpResponse<InputStream> answer, InputStream body) throws IOException {
        String type = answer.headers().firstValue("content-type").orElse("");
        JsonNode json = JsonMapper.shared().readTree(body.readNBytes(10_000));
        boolean shaped = answer.headers().firstValue("x-request-id").isPresent()
                && switch (ErrorShape.of(path)) {
                    case OPENAI ->
                        type.startsWith("application/json") && says(json.path("error"), "code", refusal.code());
                    case ANTHROPIC ->
                        type.startsWith("application/json")
                                && says(json, "type", "error")
                                && says(json.path("error"), "type", refusal.anthropicType());
                    case PROBLEM_DETAILS ->
                        type.startsWith("application/problem+json") && says(json, "code", refusal.code());
                };
        return shaped ? "" : "expected " + refusal.code() + " in shape: " + type + json;
    }

    private static boolean says(JsonNode json, String field, String value) {
        return json.path(field).asString("").equals(value);
    }
}
