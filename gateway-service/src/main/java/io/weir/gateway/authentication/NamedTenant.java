package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// The tenant that a request names by `X-Tenant-Slug` or by its host. Naming grants nothing: it must be the caller's
/// own.
public final class NamedTenant {

    /// The header that may name a tenant.
    public static final String SLUG_HEADER = "x-tenant-slug";

    private final String suffix;

    /// @param baseDomain under which every tenant has its subdomain, for example `app.example.com`
    public NamedTenant(String baseDomain) {
        this.suffix = "." + baseDomain.toLowerCase(Locale.ROOT);
    }

    /// The slug that the request names, by its header first; null where it names none. Two that differ are refused by
    /// [#demandOwn].
    public @Nullable String named(HttpHeaders headers) {
        String slug = headers.getFirst(SLUG_HEADER);
        return slug == null ? subdomain(headers.getFirst(HttpHeaders.HOST)) : slug.strip();
    }

    /// Throws a 403 [PlatformException] when the request names a tenant other than the caller's, or two.
    public void demandOwn(HttpHeaders headers, Caller caller) {
        String own = caller.tenant().slug().value();
        List<String> slugs = headers.get(SLUG_HEADER);
        if (slugs != null) {
            slugs.forEach(slug -> demandEqual(slug.strip(), own));
        }
        String subdomain = subdomain(headers.getFirst(HttpHeaders.HOST));
        if (subdomain != null) {
            demandEqual(subdomain, own);
        }
    }

    private @Nullable String subdomain(@Nullable String host) {
        if (host == null) {
            return null;
        }
        int port = host.lastIndexOf(':');
        String name = (port < 0 ? host : host.substring(0, port)).toLowerCase(Locale.ROOT);
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : null;
    }

    private static void demandEqual(String named, String own) {
        if (!named.equals(own)) {
            throw new PlatformException(
                    ProblemType.TENANT_MISMATCH,
                    "The request names another tenant than its credentials. Leave the tenant out, or use that tenant's.");
        }
    }
}
