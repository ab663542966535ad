@NullMarked
package io.weir.analytics.ingestion;

import org.jspecify.annotations.NullMarked;
