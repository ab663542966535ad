@NullMarked
package io.weir.tenant.settings;

import org.jspecify.annotations.NullMarked;
