@NullMarked
package io.weir.orchestration.batch;

import org.jspecify.annotations.NullMarked;
