package io.weir.r2dbc;

import io.r2dbc.spi.Option;
import io.r2dbc.spi.TransactionDefinition;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whose rows a transaction sees.
sealed interface TransactionFor extends TransactionDefinition {

    /// What a former borrower may have left on the session despite everything: settings, and cursors WITH HOLD. Costs
    /// 4 us, and no round trip. (Advisory locks of the session are given back by `tenant.enter`.)
    String CLEAN = "CLOSE ALL; RESET ALL; ";

    /// The statements that open it, sent as one message. None holds text from outside.
    ///
    /// @param settings statements to be run right after the first, each with its semicolon; may be empty
    String opening(String settings);

    /// What a tenant's transaction does with rows that may move.
    enum Mode {
        /// Rows that never move.
        REGISTRY("registry", "BEGIN"),
        /// Reads rows that never move.
        REGISTRY_READ("registry", "BEGIN READ ONLY"),
        /// Reads placed rows; never waits for a move.
        PLACED_READ("placed_read", "BEGIN READ ONLY"),
        /// Writes placed rows; waits while they are fenced.
        PLACED_WRITE("placed_write", "BEGIN");

        private final String name;
        private final String begin;

        Mode(String name, String begin) {
            this.name = name;
            this.begin = begin;
        }
    }

    /// @param proof that this process acts for the tenant: see [ProofKey]
    /// @param statementTimeout zero leaves the connection's own in force
    /// @param workMemoryKb zero leaves the server's own in force
    record OneTenant(
            TenantId tenant, String proof, Mode mode, String schema, Duration statementTimeout, int workMemoryKb)
            implements TransactionFor {

        @Override
        public String opening(String settings) {
            String memory =
                    workMemoryKb == 0 ? "" : ", pg_catalog.set_config('work_mem', '" + workMemoryKb + "', true)";
            return CLEAN + mode.begin + "; " + settings + "SELECT tenant.enter('" + tenant.value() + "','" + proof
                    + "','" + mode.name + "','" + schema + "'," + milliseconds() + ")" + memory;
        }

        private int milliseconds() {
            return Math.clamp(statementTimeout.toMillis(), 0, Integer.MAX_VALUE);
        }

        @Override
        public String toString() {
            return "OneTenant[" + tenant + ", " + mode + ", " + schema + "]";
        }
    }

    record ThePlatform() implements TransactionFor {
        @Override
        public String opening(String settings) {
            return CLEAN + (settings.isEmpty() ? "BEGIN" : "BEGIN; " + settings.strip());
        }
    }

    @Override
    default <T> @Nullable T getAttribute(Option<T> option) {
        return null;
    }
}
