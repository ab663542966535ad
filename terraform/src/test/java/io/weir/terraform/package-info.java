/// Tests of the Terraform modules.
@NullMarked
package io.weir.terraform;

import org.jspecify.annotations.NullMarked;
