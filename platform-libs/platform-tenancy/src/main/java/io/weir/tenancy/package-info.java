/// Who a piece of work is for. Owns the tenant's identity and the scope that carries it through Reactor.
/// Does not own tenants' data (tenant-service) nor how a tenant is proven (`security`).
@NullMarked
package io.weir.tenancy;

import org.jspecify.annotations.NullMarked;
