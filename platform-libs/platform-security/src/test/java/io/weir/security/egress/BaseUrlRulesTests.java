package io.weir.security.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlRulesTests {

    private static final BaseUrlRules RULES = new BaseUrlRules(Set.of(443), false);
    private static final BaseUrlRules DEVELOPMENT = new BaseUrlRules(Set.of(443, 8443), true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.example.com/v1",
                "HTTPS://api.example.com",
                "ftp://api.example.com",
                "file:///etc/passwd",
                "gopher://api.example.com",
                "//api.example.com",
                "api.example.com",
                "https:api.example.com",
                "https:/api.example.com",
                "https:///api.example.com",
                "https://",
                "https://127.0.0.1/v1",
                "https://127.1/",
                "https://127.0.1",
                "https://0177.0.0.1",
                "https://0x7f.0.0.1",
                "https://0x7f000001",
                "https://2130706433",
                "https://017700000001",
                "https://0",
                "https://10.0.0.1",
                "https://169.254.169.254/latest/meta-data",
                "https://0xa9fea9fe",
                "https://169.254.43518",
                "https://1.1.1.1",
                "https://[::1]/",
                "https://[::]",
                "https://[fe80::1%25eth0]",
                "https://[fe80::1%eth0]",
                "https://[::ffff:127.0.0.1]",
                "https://[::ffff:7f00:1]",
                "https://[64:ff9b::7f00:1]",
                "https://[2606:4700::1111]",
                "https://localhost",
                "https://localhost.",
                "https://LOCALHOST",
                "https://localhost.localdomain",
                "https://api.localhost",
                "https://api.localhost.",
                "https://api.example.com.",
                "https://metadata",
                "https://metadata.google.internal",
                "https://kubernetes.default.svc.local",
                "https://postgres",
                "https://user@api.example.com",
                "https://user:secret@api.example.com",
                "https://api.example.com@127.0.0.1",
                "https://api.example.com%40127.0.0.1",
                "https://127.0.0.1%2f@api.example.com",
                "https://api.example.com\\@127.0.0.1",
                "https://api.example.com\\.evil.com",
                "https://api.example.com:80",
                "https://api.example.com:8443",
                "https://api.example.com:0443x",
                "https://api.example.com:",
                "https://api.example.com:-1",
                "https://api.example.com:99999",
                "https://api.example.com:443:443",
                "https://api.example.com/../admin",
                "https://api.example.com/v1/..",
                "https://api.example.com/./v1",
                "https://api.example.com/%2e%2e/",
                "https://api.example.com//v1",
                "https://api.example.com/v1?x=1",
                "https://api.example.com/v1#x",
                "https://api.example.com/v1;x",
                "https://api.example.com/v 1",
                "https://api.example.com/v1\n",
                "https://api.example.com\r\nHost: x",
                "https://\u24d4xample.com",
                "https://ex\u00e4mple.com",
                "https://127\u30020\u30020\u30021",
                "https://\uff11\uff12\uff17.0.0.1",
                "https://api\u3002example.com",
                "https://exam\u00adple.com",
                "https://-api.example.com",
                "https://api-.example.com",
                "https://api..example.com",
                "https://.example.com",
                "https://api_x.example.com",
                "https://*.example.com",
                "https://api.example.com:443@x.com",
                "https://1.2.3",
                "https://example.0x1",
                "https://example.1",
                "https://API.example.com",
                " https://api.example.com",
                "https://api.example.com ",
                "javascript:alert(1)",
                "https://xn--.internal",
                "https://a.onion",
                "https://1.0.0.127.in-addr.arpa"
            })
    void whatSomebodyCouldReadAsAnotherPlaceIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RULES.read(url))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("secret", "169.254"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.openai.com/v1",
                "https://api.openai.com:443",
                "https://acme-eu.openai.azure.com/openai/v1",
                "https://gateway.ai.cloudflare.com/v1/ab12/acme/openai",
                "https://xn--exmple-cua.com",
                "https://3com.com/a_b~c.d"
            })
    void aPublicAddressInItsPlainFormIsKept(String url) {
        assertThat(RULES.read(url)).hasToString(url);
        assertThat(RULES.read(url + "/")).hasToString(url);
    }

    @Test
    void itIsNeitherLongerThanAUrlNorThanAName() {
        assertThatIllegalArgumentException().isThrownBy(() -> RULES.read("https://a.example.com/" + "a".repeat(500)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RULES.read("https://" + "abcdefg.".repeat(31) + "example.com"));
        assertThatIllegalArgumentException().isThrownBy(() -> RULES.read("https://" + "a".repeat(64) + ".example.com"));
    }

    @Test
    void thisMachineIsForDevelopmentAlone() throws UnknownHostException {
        InetAddress self = InetAddress.ofLiteral("127.0.0.1");
        assertThat(DEVELOPMENT.read("http://127.0.0.1:8123/v1")).hasPort(8123);
        assertThat(DEVELOPMENT.read("http://localhost")).hasHost("localhost");
        assertThat(DEVELOPMENT.read("https://api.example.com:8443")).hasPort(8443);
        assertThat(DEVELOPMENT.mayLeadTo(self)).isTrue();
        assertThat(RULES.mayLeadTo(self)).isFalse();
        for (String url : new String[] {
            "http://127.0.0.2",
            "http://10.0.0.1",
            "http://api.example.com",
            "http://127.0.0.1:99999",
            "http://localhost."
        }) {
            assertThatIllegalArgumentException().isThrownBy(() -> DEVELOPMENT.read(url));
        }
        assertThat(DEVELOPMENT.mayLeadTo(InetAddress.ofLiteral("10.0.0.1"))).isFalse();
        assertThat(DEVELOPMENT.mayLeadTo(InetAddress.ofLiteral("169.254.169.254")))
                .isFalse();
    }
}
