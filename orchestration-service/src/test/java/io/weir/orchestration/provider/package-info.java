@NullMarked
package io.weir.orchestration.provider;

import org.jspecify.annotations.NullMarked;
