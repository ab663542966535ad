package io.weir.tenancy;

/// Code that needs a tenant ran without one. Always a defect of ours, never of a caller.
public final class MissingTenantException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public MissingTenantException() {
        super("No tenant in the Reactor context. Enter one with TenantScope.entering(...) where the work begins.");
    }
}
