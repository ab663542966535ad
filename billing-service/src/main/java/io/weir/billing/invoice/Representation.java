package io.weir.billing.invoice;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;

/// In what form an invoice is answered.
enum Representation {
    JSON,
    PAGE;

    private static final String NONE = "Invoices come as application/json or text/html. Accept one of them. For a PDF,"
            + " open the page in a browser and print it.";

    /// The one that the caller prefers by the q-values of `Accept` (RFC 9110, 12.5.1); JSON where it does not matter.
    /// Throws 406 when it takes none.
    static Representation wanted(ServerRequest request) {
        List<MediaType> accepted = accepted(request);
        Representation best = JSON;
        for (Representation other : values()) {
            if (other.quality(accepted) > best.quality(accepted)) {
                best = other;
            }
        }
        if (best.quality(accepted) <= 0) {
            throw notAcceptable();
        }
        return best;
    }

    /// Throws 406 when the caller does not take JSON, where there is nothing else.
    static void demandJson(ServerRequest request) {
        if (JSON.quality(accepted(request)) <= 0) {
            throw new PlatformException(
                    ProblemType.NOT_ACCEPTABLE,
                    "Lists of invoices come as application/json. Accept that type; a single invoice comes as"
                            + " text/html too.");
        }
    }

    // The most specific range that takes the type decides, whatever the others say.
    private double quality(List<MediaType> accepted) {
        MediaType type = type();
        return accepted.stream()
                .filter(range -> range.includes(type))
                .max(Comparator.comparingInt(Representation::specificity))
                .map(MediaType::getQualityValue)
                .orElse(0.0);
    }

    private MediaType type() {
        return switch (this) {
            case JSON -> MediaType.APPLICATION_JSON;
            case PAGE -> MediaType.TEXT_HTML;
        };
    }

    private static int specificity(MediaType range) {
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
    }

    private static List<MediaType> accepted(ServerRequest request) {
        try {
            List<MediaType> accepted = request.headers().accept();
            return accepted.isEmpty() ? List.of(MediaType.ALL) : accepted;
        } catch (InvalidMediaTypeException malformed) {
            throw notAcceptable();
        }
    }

    private static PlatformException notAcceptable() {
        return new PlatformException(ProblemType.NOT_ACCEPTABLE, NONE);
    }
}
