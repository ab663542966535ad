package io.weir.orchestration.provider;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.weir.security.egress.BaseUrlRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.netty.http.client.HttpClient;

/// Resolves names for connections to addresses that tenants set, and hands out none that they may not lead to: what was
/// looked at is what is connected to, so that a name which changes its mind gains nothing. A name of which any address
/// is forbidden leads nowhere. Addresses in place of names are looked at as well, which other resolvers pass over.
final class GuardedAddresses extends AddressResolverGroup<InetSocketAddress> {

    private final Supplier<AddressResolverGroup<?>> names;
    private final Predicate<InetAddress> allowed;

    /// @param names asked for what a name leads to
    GuardedAddresses(Supplier<AddressResolverGroup<?>> names, Predicate<InetAddress> allowed) {
        this.names = names;
        this.allowed = allowed;
    }

    /// Over the resolver that all other clients use.
    static GuardedAddresses of(BaseUrlRules rules) {
        return new GuardedAddresses(
                () -> HttpClient.create().configuration().defaultAddressResolverGroup(), rules::mayLeadTo);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Guarded(executor);
    }

    private final class Guarded extends AbstractAddressResolver<InetSocketAddress> {

        Guarded(EventExecutor executor) {
            super(executor, InetSocketAddress.class);
        }

        // Never, else it would be connected to without being looked at.
        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return false;
        }

        @Override
        protected void doResolve(InetSocketAddress wanted, Promise<InetSocketAddress> promise) {
            Promise<List<InetSocketAddress>> all = executor().newPromise();
            all.addListener((Future<List<InetSocketAddress>> done) -> {
                if (done.isSuccess()) {
                    promise.setSuccess(done.getNow().getFirst());
                } else {
                    promise.setFailure(done.cause());
                }
            });
            doResolveAll(wanted, all);
        }

        @Override
        protected void doResolveAll(InetSocketAddress wanted, Promise<List<InetSocketAddress>> promise) {
            if (!wanted.isUnresolved()) {
                settle(List.of(wanted), promise);
                return;
            }
            Future<? extends List<? extends SocketAddress>> found =
                    names.get().getResolver(executor()).resolveAll(wanted);
            found.addListener((Future<List<? extends SocketAddress>> done) -> {
                if (done.isSuccess()) {
                    settle(
                            done.getNow().stream()
                                    .map(InetSocketAddress.class::cast)
                                    .toList(),
                            promise);
                } else {
                    promise.setFailure(done.cause());
                }
            });
        }

        private void settle(List<InetSocketAddress> addresses, Promise<List<InetSocketAddress>> promise) {
            boolean good = !addresses.isEmpty()
                    && addresses.stream()
                            .map(InetSocketAddress::getAddress)
                            .allMatch(address -> address != null && allowed.test(address));
            if (good) {
                promise.setSuccess(addresses);
            } else {
                promise.setFailure(new ForbiddenAddressException());
            }
        }
    }
}
