@NullMarked
package io.weir.orchestration.file;

import org.jspecify.annotations.NullMarked;
