package io.weir.orchestration.provider;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/// A name server that its owner may have answer anything, and another thing the next time.
final class NameServer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;
    private final Map<String, List<List<String>>> names = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    NameServer() {
        channel = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline()
                                .addLast(
                                        new DatagramDnsQueryDecoder(),
                                        new DatagramDnsResponseEncoder(),
                                        new Answering());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    /// What it answers: the first the first time it is asked for that kind of address, and the last ever after.
    void says(String name, List<String> always) {
        names.put(name, List.of(always));
    }

    void says(String name, List<String> first, List<String> ever) {
        names.put(name, List.of(first, ever));
    }

    /// A resolver that asks it alone and keeps nothing in mind.
    DnsAddressResolverGroup resolver() {
        LoopResources loops = HttpResources.get();
        return new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                .datagramChannelType(loops.onChannelClass(DatagramChannel.class, loops.onClient(true)))
                .ttl(0, 1)
                .nameServerProvider(
                        new SingletonDnsServerAddressStreamProvider((InetSocketAddress) channel.localAddress())));
    }

    private final class Answering extends SimpleChannelInboundHandler<DatagramDnsQuery> {

        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) throws Exception {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            DatagramDnsResponse response = new DatagramDnsResponse(
                    /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
            response.addRecord(DnsSection.QUESTION, question);
            String name = question.name().replaceAll("\\.$", "");
            List<List<String>> answers = names.get(name);
            if (answers == null) {
                response.setCode(DnsResponseCode.NXDOMAIN);
            } else {
                int turn = asked.computeIfAbsent(name + question.type().name(), key -> new AtomicInteger())
                        .getAndIncrement();
                for (String address : answers.get(Math.min(turn, answers.size() - 1))) {
                    byte[] bytes = bytes(address);
                    if (question.type().equals(bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA)) {
                        response.addRecord(
                                DnsSection.ANSWER,
                                new DefaultDnsRawRecord(
                                        question.name(), question.type(), 0, Unpooled.wrappedBuffer(bytes)));
                    }
                }
            }
            context.writeAndFlush(response);
        }

        // Of a mapped address all sixteen bytes, as an attacker would send them.
        private static byte[] bytes(String address) throws Exception {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (bytes.length == 16 || address.indexOf(':') < 0) {
                return bytes;
            }
            byte[] mapped = new byte[16];
            mapped[10] = (byte) 0xFF;
            mapped[11] = (byte) 0xFF;
            System.arraycopy(bytes, 0, mapped, 12, 4);
            return mapped;
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
