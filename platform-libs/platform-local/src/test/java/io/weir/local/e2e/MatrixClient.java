package io.weir.local.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A test class that holds a client of the matrix against the platform; several may hold the same one.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface MatrixClient {

    String name();

    /// The package, as its registry knows it.
    String artifact();

    /// The file that pins the version, from this module on: a `pom.xml`, a `package.json` or a `requirements.txt`.
    String pinnedBy();

    /// The name under which it is pinned there.
    String pin();

    /// What the client itself does not offer.
    Capability[] without() default {};

    /// A test of a client's capabilities.
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface Covers {
        Capability[] value();
    }
}
