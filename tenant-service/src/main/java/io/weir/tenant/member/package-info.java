/// People of a tenant: who they are, and which role each has. Does not own what a role may do (platform-security) nor
/// how people prove who they are (the gateway).
@NullMarked
package io.weir.tenant.member;

import org.jspecify.annotations.NullMarked;
