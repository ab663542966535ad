package io.weir.gateway.address;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.AddressRanges;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From where keys and tenants may be used. Each list is parsed once per version of its snapshot. Fails closed:
/// a list that cannot be read admits nobody, and is logged. Safe for many threads.
public final class AllowedAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(AllowedAddresses.class);
    private static final AddressRanges NOBODY = AddressRanges.of(List.of());

    private static final int KEPT = 100_000;

    private final Cache<String, Parsed> byKey =
            Caffeine.newBuilder().maximumSize(KEPT).build();
    private final Cache<String, Parsed> byTenant =
            Caffeine.newBuilder().maximumSize(KEPT).build();

    private record Parsed(long version, AddressRanges ranges) {}

    /// Why the caller may not call from that address; null where it may.
    public @Nullable PlatformException refusal(Caller caller, InetAddress from) {
        List<String> ofKey = caller.credential().ipRanges();
        if (!isAllowed(byKey, caller.credential().id(), caller.credential().version(), ofKey, from)) {
            return refused("this API key", "its ipRanges", from);
        }
        List<String> ofTenant = caller.tenant().settings().ipAllowList();
        if (!isAllowed(byTenant, caller.tenantId(), caller.tenant().version(), ofTenant, from)) {
            return refused("this tenant", "the setting ipAllowList", from);
        }
        return null;
    }

    private static boolean isAllowed(
            Cache<String, Parsed> known, String id, long version, List<String> ranges, InetAddress from) {
        if (ranges.isEmpty()) {
            return true;
        }
        Parsed parsed = known.getIfPresent(id);
        if (parsed == null || parsed.version() != version) {
            parsed = new Parsed(version, parsed(id, ranges));
            known.put(id, parsed);
        }
        return parsed.ranges().contains(from);
    }

    private static AddressRanges parsed(String id, List<String> ranges) {
        try {
            return AddressRanges.of(ranges);
        } catch (IllegalArgumentException unreadable) {
            LOG.error("Nobody may use {}, whose address ranges cannot be read: {}", id, unreadable.getMessage());
            return NOBODY;
        }
    }

    private static PlatformException refused(String what, String list, InetAddress from) {
        return new PlatformException(
                ProblemType.ADDRESS_NOT_ALLOWED,
                "Calls with " + what + " are not allowed from " + from.getHostAddress() + ". Call from an address in "
                        + list + ", or have this one added.");
    }
}
