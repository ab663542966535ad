/// The billing service as a program. Each feature has its package; nothing but the start lies here.
@NullMarked
package io.weir.billing;

import org.jspecify.annotations.NullMarked;
