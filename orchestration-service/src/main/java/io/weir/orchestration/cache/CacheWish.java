package io.weir.orchestration.cache;

import io.weir.problem.PlatformException;
import java.util.List;
import java.util.Locale;
import org.springframework.web.reactive.function.server.ServerRequest;

/// What a caller says of answers that may be given again.
public enum CacheWish {
    /// Nothing: as its tenant has it.
    NONE,
    /// A new one, which is not kept.
    BYPASS,
    /// A new one, which is kept.
    REFRESH;

    public static final String HEADER = "x-weir-cache";

    /// Of that request. Throws a 400 that names the header for what is no such wish.
    public static CacheWish of(ServerRequest request) {
        List<String> said = request.headers().header(HEADER);
        if (said.isEmpty()) {
            return NONE;
        }
        return switch (said.size() == 1 ? said.getFirst().toLowerCase(Locale.ROOT) : "") {
            case "bypass" -> BYPASS;
            case "refresh" -> REFRESH;
            default ->
                throw PlatformException.invalid(
                        HEADER,
                        "The header 'x-weir-cache' is neither 'bypass' nor 'refresh'. Leave it out to let"
                                + " an answer be given again.");
        };
    }
}
