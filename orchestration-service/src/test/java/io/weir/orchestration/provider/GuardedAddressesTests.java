package io.weir.orchestration.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.TenantSettings.ClientGone;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names and addresses of attackers against the client that calls tenants' addresses: a real resolver, a real name
/// server, and a server on this machine that must never be reached.
class GuardedAddressesTests {

    static {
        EventLoops.guard();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final UpstreamProperties UPSTREAM = new UpstreamProperties(
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            ClientGone.CANCEL,
            Duration.ofSeconds(15),
            1,
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            10);

    private final NameServer names = new NameServer();
    private final List<InetAddress> reached = new CopyOnWriteArrayList<>();
    private HttpServer inside;

    @BeforeEach
    void start() throws Exception {
        inside = HttpServer.create(new InetSocketAddress(0), 0);
        inside.createContext("/", exchange -> {
            reached.add(exchange.getLocalAddress().getAddress());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        inside.start();
    }

    @AfterEach
    void stop() {
        inside.stop(0);
        names.close();
    }

    private int call(String host, Predicate<InetAddress> allowed) {
        ProviderAccount account =
                ProviderAccount.ofTenant(new TenantId(UUID.randomUUID()), "k", true, () -> "sk-0123456789abcdef");
        Provider own = new Provider("openai", "http://unused/v1", "", new OpenAiDialect())
                .with(account, "http://" + host + ":" + inside.getAddress().getPort() + "/v1");
        ProviderClient client = new ProviderClient(UPSTREAM, new GuardedAddresses(names::resolver, allowed));
        return client.send(
                        own, new ProviderRequest("/chat/completions", new byte[0]), "r", new ClientInterest(), () -> {})
                .map(UpstreamAnswer::status)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static final Predicate<InetAddress> PUBLIC = new BaseUrlRules(Set.of(443), false)::mayLeadTo;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.100.100.200",
                "192.0.0.192",
                "168.63.129.16",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001::1",
                "ff02::1"
            })
    void aNameThatLeadsInsideIsNotCalled(String address) {
        names.says("attacker.example.com", List.of(address));
        assertThatThrownBy(() -> call("attacker.example.com", PUBLIC))
                .hasRootCauseInstanceOf(ForbiddenAddressException.class);
        // Nor one that leads outside as well.
        String outside = address.indexOf(':') < 0 ? "1.1.1.1" : "2606:4700:4700::1111";
        names.says("half.example.com", List.of(outside, address));
        assertThatThrownBy(() -> call("half.example.com", PUBLIC))
                .hasRootCauseInstanceOf(ForbiddenAddressException.class);
        assertThat(reached).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "127.1",
                "127.000.000.001",
                "0",
                "localhost",
                "localhost.",
                "LOCALHOST"
            })
    void anAddressInPlaceOfANameIsLookedAtAsWell(String host) {
        assertThatThrownBy(() -> call(host, PUBLIC)).isInstanceOf(RuntimeException.class);
        assertThat(reached).isEmpty();
    }

    @Test
    void whatWasLookedAtIsWhatIsConnectedTo() throws Exception {
        InetAddress good = InetAddress.getByName("127.0.0.2");
        // Good when it is looked at, and another one ever after.
        names.says("rebinding.example.com", List.of("127.0.0.2"), List.of("127.0.0.1"));
        assertThat(call("rebinding.example.com", good::equals)).isEqualTo(204);
        assertThat(reached).containsExactly(good);
        assertThatThrownBy(() -> call("rebinding.example.com", good::equals))
                .hasRootCauseInstanceOf(ForbiddenAddressException.class);
        assertThat(reached).hasSize(1);
    }

    @Test
    void aNameThatMayBeCalledIs() {
        names.says("good.example.com", List.of("127.0.0.1"));
        assertThat(call("good.example.com", new BaseUrlRules(Set.of(443), true)::mayLeadTo))
                .isEqualTo(204);
    }
}
