/// How fast a tenant spends, and where its month will end.
@NullMarked
package io.weir.analytics.forecast;

import org.jspecify.annotations.NullMarked;
