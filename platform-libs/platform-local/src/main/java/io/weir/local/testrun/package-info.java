/// The whole test suite: one set of servers, Maven, the end-to-end tests, and the sum of what was and was not run.
@NullMarked
package io.weir.local.testrun;

import org.jspecify.annotations.NullMarked;
