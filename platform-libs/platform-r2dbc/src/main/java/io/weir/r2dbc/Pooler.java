package io.weir.r2dbc;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What stands between this service's pools and the server. Through a pooler go transactions of tenants and of the
/// platform; migrations, checks and moves need a session of their own and go to the server directly.
///
/// @param mode whether there is one, and how it lends its connections
/// @param host of the pooler; null: as the server's
/// @param port of the pooler; null: as the server's
public record Pooler(
        @DefaultValue("none") Mode mode,
        @Nullable String host,
        @Nullable Integer port) {

    static final Pooler NONE = new Pooler(Mode.NONE, null, null);

    /// How a pooler lends connections.
    public enum Mode {
        /// There is none: settings are made once per connection, and statements are prepared once.
        NONE,
        /// PgBouncer with `pool_mode = transaction`: each transaction may run on another connection of the server, so
        /// that settings are made in each, and nothing is kept prepared.
        TRANSACTION
    }

    boolean isThere() {
        return mode == Mode.TRANSACTION;
    }
}
