package io.weir.local.prove.lanes.generator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// The bytes of every call of an order, made once; only the number is written anew.
final class RequestTemplate {

    private final byte[] bytes;
    private final int numberAt;

    private RequestTemplate(byte[] bytes, int numberAt) {
        this.bytes = bytes;
        this.numberAt = numberAt;
    }

    /// Throws [IllegalArgumentException] where the body has no place for the number.
    static RequestTemplate of(Order order) {
        int place = order.body().indexOf(Order.NUMBER);
        if (place < 0) {
            throw new IllegalArgumentException("body: no " + Order.NUMBER);
        }
        byte[] body = order.body().getBytes(UTF_8);
        StringBuilder head = new StringBuilder("POST " + order.path() + " HTTP/1.1\r\n");
        head.append("host: 127.0.0.1:").append(order.port()).append("\r\n");
        order.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("content-type: application/json\r\ncontent-length: ")
                .append(body.length)
                .append("\r\n\r\n");
        byte[] start = head.toString().getBytes(US_ASCII);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        int before = order.body().substring(0, place).getBytes(UTF_8).length;
        return new RequestTemplate(whole, start.length + before);
    }

    /// A call with that number, modulo ten thousand million.
    ByteBuf call(ByteBufAllocator allocator, long number) {
        ByteBuf request = allocator.buffer(bytes.length).writeBytes(bytes);
        long rest = number;
        for (int i = Order.NUMBER.length() - 1; i >= 0; i--) {
            request.setByte(numberAt + i, (int) ('0' + rest % 10));
            rest /= 10;
        }
        return request;
    }
}
