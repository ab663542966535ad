package io.weir.tenancy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/// The tenant's name in URLs: 3 to 40 lower-case letters, digits and inner hyphens, so that it is a DNS label.
public record TenantSlug(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[a-z](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]");

    @JsonCreator
    public TenantSlug {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("slug: '" + value
                    + "' (expected: 3 to 40 lower-case letters, digits or single hyphens, starting with a letter)");
        }
    }

    /// The PostgreSQL schema reserved for this tenant, used once it leaves the pool.
    public String schemaName() {
        return "tenant_" + value.replace('-', '_');
    }

    @Override
    public String toString() {
        return value;
    }
}
