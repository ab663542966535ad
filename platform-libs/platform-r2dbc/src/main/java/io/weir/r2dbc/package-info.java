/// Transactions on PostgreSQL that belong to one tenant, enforced by row-level security. Owns the roles of a service's
/// database, its migrations, the pools, and the check that nothing can bypass the policies.
/// Does not own tables, nor the policies on them: those stand in each service's migrations.
@NullMarked
package io.weir.r2dbc;

import org.jspecify.annotations.NullMarked;
