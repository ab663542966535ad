/// Checks whether this machine can run the platform, and says what to do where it cannot.
@NullMarked
package io.weir.local.doctor;

import org.jspecify.annotations.NullMarked;
