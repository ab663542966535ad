package io.weir.gateway.wire;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Netty's encoder, told of each answer whether HEAD asked for it: such an answer has no body. One per
/// connection.
final class PairedResponseEncoder extends HttpResponseEncoder {

    private final Queue<HttpMethod> asked;

    PairedResponseEncoder(Queue<HttpMethod> asked) {
        this.asked = asked;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        boolean isFinal = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        @Nullable HttpMethod method = isFinal ? asked.poll() : null;
        return HttpMethod.HEAD.equals(method) || super.isContentAlwaysEmpty(response);
    }
}
