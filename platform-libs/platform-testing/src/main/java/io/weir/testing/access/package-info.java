/// Proves a service's route declarations against the running service: every route, every role, every tenant.
@NullMarked
package io.weir.testing.access;

import org.jspecify.annotations.NullMarked;
