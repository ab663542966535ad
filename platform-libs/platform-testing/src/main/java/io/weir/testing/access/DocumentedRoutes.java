package io.weir.testing.access;

import io.weir.security.Role;
import io.weir.security.webflux.DeclaredRoute;
import io.weir.security.webflux.RouteAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Holds a page's table of routes and roles against the declarations. A section `## <service>` has a row
/// per route, spellings with a trailing slash left out.
public final class DocumentedRoutes {

    private DocumentedRoutes() {}

    /// Throws [AssertionError] with the rows as they should be, where the section has others.
    public static void check(Path page, String service, List<DeclaredRoute> routes) throws IOException {
        List<String> expected = routes.stream()
                .filter(route -> !route.method().equals("*") && !route.pattern().endsWith("/"))
                .sorted(Comparator.comparing(DeclaredRoute::pattern).thenComparing(DeclaredRoute::method))
                .map(DocumentedRoutes::row)
                .distinct()
                .toList();
        List<String> found = Files.readAllLines(page).stream()
                .dropWhile(line -> !line.equals("## " + service))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .toList();
        if (!found.equals(expected)) {
            throw new AssertionError(page + " differs from the declarations of " + service + ". Its rows should be:\n"
                    + String.join("\n", expected));
        }
    }

    private static String row(DeclaredRoute route) {
        String cells = Arrays.stream(Role.values())
                .map(role -> isPermitted(route.access(), role) ? "yes" : "-")
                .collect(Collectors.joining(" | "));
        return "| `" + route + "` | " + cells + " |";
    }

    private static boolean isPermitted(RouteAccess access, Role role) {
        return switch (access) {
            case RouteAccess.Open open -> true;
            case RouteAccess.Holders holders -> holders.permits(role.scopes());
        };
    }
}
