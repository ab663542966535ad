@NullMarked
package io.weir.analytics.sla;

import org.jspecify.annotations.NullMarked;
