package io.weir.orchestration.file;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// OpenAI's files API: `/v1/files`.
final class FileRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String PATH = "/v1/files";
    private static final String ONE = PATH + "/{id}";
    private static final int MOST = 10_000;
    private static final int DEFAULT_LIMIT = 1_000;

    private final StoredFiles files;
    private final UploadReader uploads;

    FileRoutes(StoredFiles files) {
        this.files = files;
        this.uploads = new UploadReader(files);
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, CALLERS, this::upload)
                .POST(PATH + "/", CALLERS, this::upload)
                .GET(PATH, CALLERS, this::list)
                .GET(PATH + "/", CALLERS, this::list)
                .GET(ONE, CALLERS, this::one)
                .DELETE(ONE, CALLERS, this::delete)
                .GET(ONE + "/content", CALLERS, this::content)
                .any(PATH, RouteAccess.signedIn(), FileRoutes::wrongMethod)
                .any(PATH + "/**", RouteAccess.signedIn(), FileRoutes::wrongMethod)
                .build();
    }

    /// As OpenAI shows it.
    private record Shown(
            String id,
            String object,
            long bytes,
            long created_at,
            String filename,
            StoredFile.Purpose purpose,
            String status,
            String sha256) {

        static Shown of(StoredFile file) {
            return new Shown(
                    file.id().toString(),
                    "file",
                    file.bytes(),
                    file.createdAt().getEpochSecond(),
                    file.filename(),
                    file.purpose(),
                    "processed",
                    file.sha256());
        }
    }

    private record Page(
            String object,
            List<Shown> data,
            @Nullable String first_id,
            @Nullable String last_id,
            boolean has_more) {}

    private record Deleted(String id, String object, boolean deleted) {}

    private static TenantContext tenant(ServerRequest request) {
        return Access.passport(request).tenant();
    }

    private static Mono<ServerResponse> json(Object body) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }

    private Mono<ServerResponse> upload(ServerRequest request) {
        return uploads.receive(request, tenant(request)).flatMap(file -> json(Shown.of(file)));
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        int limit = limit(request);
        String purpose = request.queryParam("purpose").orElse(null);
        FileId after = request.queryParam("after").map(FileId::of).orElse(null);
        String order = request.queryParam("order").orElse("desc");
        if (!Set.of("asc", "desc").contains(order)) {
            throw PlatformException.invalid("order", "Invalid order. Use asc or desc.");
        }
        return files.list(tenant(request), purpose, after, order.equals("asc"), limit + 1)
                .map(found -> page(found, limit))
                .flatMap(FileRoutes::json);
    }

    private static Page page(List<StoredFile> found, int limit) {
        List<Shown> data = found.stream().limit(limit).map(Shown::of).toList();
        return new Page(
                "list",
                data,
                data.isEmpty() ? null : data.getFirst().id(),
                data.isEmpty() ? null : data.getLast().id(),
                found.size() > limit);
    }

    private static int limit(ServerRequest request) {
        String text = request.queryParam("limit").orElse("" + DEFAULT_LIMIT);
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            // As one that is too large.
        }
        throw PlatformException.invalid("limit", "Invalid limit. Use a whole number from 1 to " + MOST + ".");
    }

    private Mono<ServerResponse> found(ServerRequest request, Function<StoredFile, Mono<ServerResponse>> then) {
        String id = request.pathVariable("id");
        return Mono.defer(() -> files.find(tenant(request), FileId.of(id)))
                .switchIfEmpty(Mono.error(() -> FileId.unknown(id)))
                .flatMap(then);
    }

    private Mono<ServerResponse> one(ServerRequest request) {
        return found(request, file -> json(Shown.of(file)));
    }

    private Mono<ServerResponse> content(ServerRequest request) {
        return found(
                request,
                file -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_OCTET_STREAM)
                        .header(HttpHeaders.CONTENT_LENGTH, Long.toString(file.bytes()))
                        .header(
                                HttpHeaders.CONTENT_DISPOSITION,
                                ContentDisposition.attachment()
                                        .filename(file.filename(), StandardCharsets.UTF_8)
                                        .build()
                                        .toString())
                        .body((message, context) ->
                                message.writeWith(files.read(tenant(request).id(), file.id(), 0, file.bytes()))));
    }

    private Mono<ServerResponse> delete(ServerRequest request) {
        String id = request.pathVariable("id");
        return Mono.defer(() -> files.remove(tenant(request), FileId.of(id)))
                .flatMap(removed -> removed ? json(new Deleted(id, "file", true)) : Mono.error(FileId.unknown(id)));
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
