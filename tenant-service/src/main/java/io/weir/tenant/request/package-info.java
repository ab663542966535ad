/// Reading bodies and parameters: whatever is wrong is said with the field's name. Does not know any route's rules.
@NullMarked
package io.weir.tenant.request;

import org.jspecify.annotations.NullMarked;
