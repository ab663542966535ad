/// The usage explorer: one metric of one tenant, by group and over time.
@NullMarked
package io.weir.analytics.explorer;

import org.jspecify.annotations.NullMarked;
