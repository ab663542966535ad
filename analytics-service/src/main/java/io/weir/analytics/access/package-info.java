/// Access records of the gateway as rows, kept for seven days.
@NullMarked
package io.weir.analytics.access;

import org.jspecify.annotations.NullMarked;
