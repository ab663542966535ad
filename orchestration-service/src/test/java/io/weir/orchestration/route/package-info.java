@NullMarked
package io.weir.orchestration.route;

import org.jspecify.annotations.NullMarked;
