@NullMarked
package io.weir.tenant.audit.sealing;

import org.jspecify.annotations.NullMarked;
