@NullMarked
package io.weir.audit.autoconfigure;

import org.jspecify.annotations.NullMarked;
