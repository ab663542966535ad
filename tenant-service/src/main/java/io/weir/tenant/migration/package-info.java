/// Migrating the placed tables of all tenants, site by site: begun, watched, paused and resumed by a platform admin.
/// Does not own the migrations or the rules for them (see `io.weir.r2dbc.migration`), nor where the sites are.
@NullMarked
package io.weir.tenant.migration;

import org.jspecify.annotations.NullMarked;
