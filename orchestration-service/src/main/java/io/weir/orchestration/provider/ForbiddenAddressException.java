package io.weir.orchestration.provider;

import java.net.UnknownHostException;

/// A name that a tenant set leads where it must not. To whoever connects it leads nowhere.
final class ForbiddenAddressException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    ForbiddenAddressException() {
        super("the name leads to an address that may not be called");
    }
}
