package io.weir.r2dbc;

import io.r2dbc.spi.Option;
import io.r2dbc.spi.TransactionDefinition;
import io.weir.tenancy.TenantId;
import org.jspecify.annotations.Nullable;

/// Whose rows a transaction sees.
sealed interface TransactionFor extends TransactionDefinition {

    /// The statements that open it, sent as one message. None holds text from outside: a tenant id is a UUID.
    String opening();

    record OneTenant(TenantId tenant) implements TransactionFor {
        @Override
        public String opening() {
            return "BEGIN; SELECT pg_catalog.set_config('weir.tenant_id', '" + tenant.value() + "', true)";
        }
    }

    record ThePlatform() implements TransactionFor {
        @Override
        public String opening() {
            return "BEGIN";
        }
    }

    @Override
    default <T> @Nullable T getAttribute(Option<T> option) {
        return null;
    }
}
