@NullMarked
package io.weir.analytics.requests;

import org.jspecify.annotations.NullMarked;
