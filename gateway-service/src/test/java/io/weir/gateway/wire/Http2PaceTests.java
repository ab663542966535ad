package io.weir.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Http2PaceTests {

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    // HPACK: POST https /, of authority "a".
    private static final byte[] HEAD = {(byte) 0x83, (byte) 0x87, (byte) 0x84, 0x41, 0x01, 'a'};

    private final Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().build();
    private final Consumer consumer = new Consumer();
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new Http2Pace(new HeadLimits(100, 16_384, Duration.ofSeconds(15), Duration.ofMinutes(10))),
            codec,
            consumer);

    /// Reads bodies, unless told not to.
    private final class Consumer extends ChannelInboundHandlerAdapter {

        private boolean reads = true;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (reads && message instanceof Http2DataFrame data) {
                Http2Stream stream = codec.connection().stream(data.stream().id());
                if (stream != null) {
                    codec.connection().local().flowController().consumeBytes(stream, data.initialFlowControlledBytes());
                }
            }
            ReferenceCountUtil.release(message);
        }
    }

    @BeforeEach
    void freeze() {
        channel.freezeTime();
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        channel.writeInbound(Unpooled.copiedBuffer(preface));
        comes(frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]));
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
        frame.writeBytes(payload);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    private void comes(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private void head(int stream, boolean last) {
        comes(frame(Http2FrameTypes.HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, HEAD));
    }

    private void data(int stream, int bytes, boolean last) {
        comes(frame(Http2FrameTypes.DATA, last ? END_STREAM : 0, stream, new byte[bytes]));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private @Nullable Http2Stream stream(int id) {
        return codec.connection().stream(id);
    }

    @Test
    void aHeadThatComesByteByByteIsNotWaitedForLongerThanAllowed() {
        byte[] head = frame(Http2FrameTypes.HEADERS, END_HEADERS, 1, HEAD);
        for (int i = 0; i < 14; i++) {
            comes(new byte[] {head[i]});
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aHeadWhoseContinuationsDoNotEndIsNotWaitedForEither() {
        comes(frame(Http2FrameTypes.HEADERS, 0, 1, HEAD));
        for (int i = 0; i < 14; i++) {
            pass(1);
            comes(frame(Http2FrameTypes.CONTINUATION, 0, 1, new byte[] {(byte) 0x90}));
        }
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatStandsStillIsResetAndOthersGoOn() {
        head(1, false);
        head(3, false);
        for (int i = 0; i < 29; i++) {
            data(1, 1, false);
            data(3, 100, false);
            pass(1);
        }
        assertThat(stream(1)).isNotNull();
        pass(1);
        assertThat(stream(1)).isNull();
        assertThat(stream(3)).isNotNull();
        assertThat(channel.isOpen()).isTrue();
        data(3, 1, true);
        pass(10_000);
        assertThat(channel.isOpen()).isTrue();
        assertThat(stream(3)).isNotNull();
    }

    @Test
    void aBodyThatStandsStillWithinAFrameEndsTheConnection() {
        head(1, false);
        byte[] data = frame(Http2FrameTypes.DATA, END_STREAM, 1, new byte[10_000]);
        channel.writeInbound(Unpooled.copiedBuffer(data, 0, 500));
        pass(30);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLongFrameThatComesSteadilyIsNotSlow() {
        head(1, false);
        byte[] data = frame(Http2FrameTypes.DATA, 0, 1, new byte[16_000]);
        for (int at = 0; at + 1_100 <= data.length; at += 1_100) {
            channel.writeInbound(Unpooled.copiedBuffer(data, at, 1_100));
            pass(30);
            assertThat(channel.isOpen()).isTrue();
            assertThat(stream(1)).isNotNull();
        }
    }

    @Test
    void aBodyThatComesSteadilyHasItsTimeAndNoMore() {
        head(1, false);
        for (int i = 0; i < 19; i++) {
            data(1, 1_100, false);
            pass(30);
            assertThat(stream(1)).isNotNull();
        }
        data(1, 1_100, false);
        pass(30);
        assertThat(stream(1)).isNull();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whoWaitsForUsToReadIsNotSlow() {
        consumer.reads = false;
        head(1, false);
        for (int sent = 0; sent < 65_000; sent += 13_000) {
            data(1, 13_000, false);
        }
        pass(30);
        pass(30);
        pass(30);
        assertThat(stream(1)).isNotNull();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void nothingIsTimedOnceRequestsAreWhole() {
        head(1, true);
        head(3, false);
        data(3, 10, true);
        comes(frame(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 1, 0}));
        comes(frame(Http2FrameTypes.PING, 0, 0, new byte[8]));
        pass(10_000);
        assertThat(channel.isOpen()).isTrue();
        assertThat(stream(1)).isNotNull();
        assertThat(stream(3)).isNotNull();
    }

    @Test
    void whatIsGivenUpIsNotTimed() {
        head(1, false);
        comes(frame(Http2FrameTypes.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}));
        pass(10_000);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void bytesSayTheSameHoweverTheyAreCut() {
        ByteBuf all = Unpooled.buffer();
        all.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
        all.writeBytes(frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[12]));
        all.writeBytes(frame(Http2FrameTypes.HEADERS, 0, 1, HEAD));
        all.writeBytes(frame(Http2FrameTypes.CONTINUATION, END_HEADERS, 1, new byte[] {(byte) 0x90}));
        all.writeBytes(frame(Http2FrameTypes.DATA, 0, 1, new byte[300]));
        all.writeBytes(frame(Http2FrameTypes.DATA, END_STREAM, 1, new byte[0]));
        all.writeBytes(frame(Http2FrameTypes.HEADERS, END_HEADERS | END_STREAM, 3, HEAD));
        all.writeBytes(frame(Http2FrameTypes.RST_STREAM, 0, 3, new byte[4]));
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            Told told = new Told();
            Http2Frames frames = new Http2Frames(told);
            ByteBuf left = all.duplicate();
            while (left.isReadable()) {
                frames.look(left.readSlice(Math.min(left.readableBytes(), 1 + random.nextInt(40))));
            }
            assertThat(told.words.toString()).isEqualTo("head 1 false;end 1;head 3 true;reset 3;");
            assertThat(told.bytes).isEqualTo(300);
            assertThat(frames.isWithin()).isFalse();
        }
    }

    private static final class Told implements Http2Frames.Reader {

        private final StringBuilder words = new StringBuilder();
        private int bytes;

        @Override
        public void head(int stream, boolean last) {
            words.append("head ").append(stream).append(' ').append(last).append(';');
        }

        @Override
        public boolean data(int stream, int more, boolean last) {
            bytes += more;
            if (last) {
                words.append("end ").append(stream).append(';');
            }
            return true;
        }

        @Override
        public void reset(int stream) {
            words.append("reset ").append(stream).append(';');
        }
    }
}
