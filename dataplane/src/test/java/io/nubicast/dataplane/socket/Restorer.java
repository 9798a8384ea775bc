package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;

/// The least of a proxy client: what arrives on the server port goes out as multicast again, source kept, marked.
final class Restorer {
    private Restorer() {}

    static void start(Lan lan, Node node) throws Exception {
        lan.receiver(node, Lan.SERVER_PORT);
        RawSocket in = lan.raw(node, RawSocket.IPPROTO_UDP);
        in.receiveTimeout(50);
        RawSocket out = lan.raw(node, RawSocket.IPPROTO_RAW);
        out.mark(CaptureScope.RESTORE_MARK);
        Thread worker = Thread.ofPlatform().daemon().start(() -> {
            while (in.isOpen()) {
                try {
                    Packet packet = Packet.receive(in, Lan.SERVER_PORT);
                    out.sendDatagram(Packet.udp(Address.ofIpv4(packet.ip.source()).toString(), packet.udp.sourcePort(),
                            Lan.GROUP.toString(), Lan.GROUP_PORT, packet.payload()));
                } catch (AssertionError e) {
                    // nothing came
                }
            }
        });
        lan.keep(() -> {
            in.close();
            worker.join();
        });
    }
}
