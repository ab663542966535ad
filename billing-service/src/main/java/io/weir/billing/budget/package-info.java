/// Budget definitions: what a tenant may spend in which window. Made from tenants' snapshots, published for the data
/// plane. Does not own how much of a budget is spent or held (orchestration-service).
@NullMarked
package io.weir.billing.budget;

import org.jspecify.annotations.NullMarked;
