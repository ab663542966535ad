/// Processes of the operating system: who they are beyond their number, and who holds a port.
@NullMarked
package io.weir.local.process;

import org.jspecify.annotations.NullMarked;
