/// Tenants' own keys for model providers: which account a call goes out with, and opening a key when it does. Follows
/// the sealed keys that the control plane publishes; no key lies here in the open. Does not own routing, nor what a
/// provider's refusal means (see `provider`).
@NullMarked
package io.weir.orchestration.ownkey;

import org.jspecify.annotations.NullMarked;
