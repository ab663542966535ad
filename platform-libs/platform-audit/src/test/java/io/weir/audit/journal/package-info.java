@NullMarked
package io.weir.audit.journal;

import org.jspecify.annotations.NullMarked;
