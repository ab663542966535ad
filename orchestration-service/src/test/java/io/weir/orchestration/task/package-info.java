@NullMarked
package io.weir.orchestration.task;

import org.jspecify.annotations.NullMarked;
