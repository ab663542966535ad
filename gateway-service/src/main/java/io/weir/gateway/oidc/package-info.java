/// Proves bearer tokens of people: who issued them, that they hold, and what they claim. Keeps the issuers' keys.
/// Does not decide what a person may do (see `authentication`).
@NullMarked
package io.weir.gateway.oidc;

import org.jspecify.annotations.NullMarked;
