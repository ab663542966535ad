package io.weir.local.e2e;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Asks ClickHouse over HTTP; user and password stand in the URL.
final class Clickhouse {

    private Clickhouse() {}

    static Http.Answer query(String url, String sql) {
        URI uri = URI.create(url);
        String plain = uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort() + "/?database=weir";
        HttpRequest.Builder request = Http.request(plain, null).POST(HttpRequest.BodyPublishers.ofString(sql));
        if (uri.getUserInfo() != null) {
            String basic = Base64.getEncoder().encodeToString(uri.getUserInfo().getBytes(StandardCharsets.UTF_8));
            request.header("authorization", "Basic " + basic);
        }
        return Http.send(request);
    }
}
