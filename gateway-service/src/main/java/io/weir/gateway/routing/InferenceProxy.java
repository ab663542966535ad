package io.weir.gateway.routing;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;

/// Passes calls of models on to orchestration-service, bytes both ways. They are nearly all that a gateway does, and
/// all of its routes but this one go through Spring Cloud Gateway, whose filters cost a call more than everything else
/// here. A small body travels in one write each way; an event is sent on as it comes.
///
/// Cancelling the exchange ends the connection to the service. Fails as the client fails; see [UpstreamFailure].
@Component
public final class InferenceProxy {

    // What is smaller is gathered, and sent with its head.
    private static final int GATHERED = 65_536;
    private static final int UNKNOWN = -1;
    // RFC 9110, section 7.6.1; and what the server has answered already.
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "expect",
            "host");

    private final HttpClient client;
    private final ForwardedRequest forwarded;

    InferenceProxy(HttpClient client, ServicesProperties services, ForwardedRequest forwarded) {
        this.client = client.baseUrl(services.orchestration().toString());
        this.forwarded = forwarded;
    }

    /// Completes when the answer is written.
    public Mono<Void> forward(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        long length = request.getHeaders().getContentLength();
        boolean bodiless = length == 0
                || (length == UNKNOWN && !received.requestHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING));
        HttpClient.RequestSender sender = client.headers(out -> {
                    copy(received.requestHeaders(), out);
                    forwarded.addOurs(exchange, out::set);
                })
                .request(HttpMethod.valueOf(request.getMethod().name()))
                .uri(target(request));
        ServerHttpResponse response = exchange.getResponse();
        if (bodiless) {
            return sender.response((head, body) -> answer(head, body, response)).then();
        }
        if (length == UNKNOWN || length > GATHERED) {
            return sender.send(request.getBody().map(NettyDataBufferFactory::toByteBuf))
                    .response((head, body) -> answer(head, body, response))
                    .then();
        }
        return DataBufferUtils.join(request.getBody())
                .flatMap(whole -> sender.send(Mono.fromSupplier(() -> retained(whole)))
                        .response((head, body) -> answer(head, body, response))
                        .then()
                        .doFinally(signal -> DataBufferUtils.release(whole)))
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    // Whoever sends it releases it, and a connection that died while idle has it sent once more.
    private static ByteBuf retained(DataBuffer whole) {
        return NettyDataBufferFactory.toByteBuf(whole).retainedDuplicate();
    }

    private static String target(ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        String path = request.getPath().value();
        return query == null ? path : path + "?" + query;
    }

    private static void copy(HttpHeaders from, HttpHeaders to) {
        Set<String> named = named(from);
        var all = from.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = lower(header.getKey());
            if (!OF_THE_CONNECTION.contains(name) && !named.contains(name) && !ForwardedRequest.isDropped(name)) {
                to.add(name, header.getValue());
            }
        }
    }

    // Whatever the Connection header names is the connection's own, too; but how long the body is, is not its say.
    private static Set<String> named(HttpHeaders headers) {
        List<String> lines = headers.getAll(HttpHeaderNames.CONNECTION);
        if (lines.isEmpty() || (lines.size() == 1 && lines.getFirst().equalsIgnoreCase("keep-alive"))) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String line : lines) {
            for (String name : line.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        names.remove("content-length");
        return names;
    }

    private static String lower(CharSequence name) {
        return name instanceof AsciiString ascii
                ? ascii.toLowerCase().toString()
                : name.toString().toLowerCase(Locale.ROOT);
    }

    private static Mono<Void> answer(HttpClientResponse head, ByteBufFlux body, ServerHttpResponse response) {
        response.setRawStatusCode(head.status().code());
        copyAnswer(head.responseHeaders(), response.getHeaders());
        NettyDataBufferFactory buffers = (NettyDataBufferFactory) response.bufferFactory();
        String type = head.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE);
        if (type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17)) {
            return response.writeAndFlushWith(body.retain().map(part -> Mono.just(buffers.wrap(part))));
        }
        long length = response.getHeaders().getContentLength();
        return length != UNKNOWN && length <= GATHERED
                ? response.writeWith(body.aggregate().retain().map(buffers::wrap))
                : response.writeWith(body.retain().map(buffers::wrap));
    }

    private static void copyAnswer(HttpHeaders from, org.springframework.http.HttpHeaders to) {
        Set<String> named = named(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!OF_THE_CONNECTION.contains(name) && !named.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }
}
