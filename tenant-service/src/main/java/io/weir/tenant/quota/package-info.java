/// What a tenant may use and what it uses of it. Enforces nothing that flows: calls, tokens and documents are refused
/// where they arrive.
@NullMarked
package io.weir.tenant.quota;

import org.jspecify.annotations.NullMarked;
