package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.pim.PimMessage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// Both ends of Registers: what the designated router of a source sends (RFC 7761 section 4.4.1), and what the RP makes of it
/// (section 4.4.2).
///
/// Packets of Registers are taken out and forwarded by the plane, on the port [RoutingPort#REGISTER]; here only the state is kept.
/// Register and Register-Stop are unicast by the routes, from an address that the other side knows: a Register-Stop comes from the
/// address that the Register was sent to, the RP's, and goes to where the Register came from. So it takes the route to the
/// designated router whatever tunnels there are, and a DR that checks its sender finds the RP.
final class RegisterTunnel {
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int IP_HEADER = 20;
    /// PIM-002.
    private static final int UNICAST_TTL = 255;

    private final PimCore core;
    private final Timers.Timer second;
    private int sentThisSecond;

    RegisterTunnel(PimCore core) {
        this.core = core;
        this.second = core.timers.timer(now -> sentThisSecond = 0);
    }

    void stop() {
        second.stop();
    }

    // At the designated router

    /// A packet of a source that is registered.
    void onWholePacket(Address source, Address group, MemorySegment packet, long nowNs) {
        Optional<SourceTree> found = core.trees.find(source, group)
                .filter(tree -> tree.register.isTunnelling() && tree.tree.hasRp() && !tree.tree.isRp());
        if (found.isEmpty() || packet.byteSize() < IP_HEADER) {
            return;
        }
        if ((packet.get(U8, 9) & 0xFF) == Packet.PIM) {
            core.counters.count(PimCounters.Event.REGISTER_LOOP);
            return;
        }
        int ttl = packet.get(U8, 8) & 0xFF;
        if (ttl <= 1) {
            core.counters.count(PimCounters.Event.REGISTER_TTL);
            return;
        }
        int limit = core.config().registers().ratePerSecond();
        if (limit > 0) {
            if (!second.isRunning()) {
                second.set(nowNs + PimTimes.SECOND);
            }
            if (sentThisSecond >= limit) {
                core.counters.count(PimCounters.Event.REGISTER_RATE);
                return;
            }
            sentThisSecond++;
        }
        MemorySegment inner = MemorySegment.ofArray(packet.toArray(U8));
        // The kernel hands packets over as they arrived: this hop is counted here (PIM-061).
        int before = inner.get(U16, 8) & 0xFFFF;
        int after = before - 0x100;
        inner.set(U16, 8, (short) after);
        inner.set(U16, 10, (short) InternetChecksum.update(inner.get(U16, 10) & 0xFFFF, before, after));
        core.counters.count(PimCounters.Event.REGISTER_SENT);
        send(found.get(), new PimMessage.Register(false, false, inner), inner.get(U8, 1) & 0xFF);
    }

    /// Asks the RP whether it still wants no Registers.
    void sendNullRegister(SourceTree tree) {
        MemorySegment header = MemorySegment.ofArray(new byte[IP_HEADER]);
        header.set(U8, 0, (byte) 0x45);
        header.set(U16, 2, (short) IP_HEADER);
        header.set(U8, 8, (byte) UNICAST_TTL);
        header.set(U8, 9, (byte) Packet.PIM);
        header.set(U32, 12, tree.source.ipv4());
        header.set(U32, 16, tree.group().ipv4());
        header.set(U16, 10, (short) InternetChecksum.finish(InternetChecksum.sum(header, 0, IP_HEADER)));
        core.counters.count(PimCounters.Event.NULL_REGISTER_SENT);
        send(tree, new PimMessage.Register(false, true, header), Packet.CONTROL);
    }

    /// DSCP and ECN are those of the packet inside; one that is too big for a link on the way is fragmented (PIM-062).
    private void send(SourceTree tree, PimMessage.Register register, int typeOfService) {
        core.port.sendRouted(new Packet(registerSource(tree), tree.tree.rp(), Packet.PIM, UNICAST_TTL, typeOfService,
                false, register.packed()));
    }

    private Address registerSource(SourceTree tree) {
        String name = core.config().registers().sourceInterface();
        return core.interfaces().stream().filter(each -> each.name().equals(name) && each.state().up())
                .map(PimInterface::address).filter(address -> !address.isUnspecified()).findFirst()
                .orElseGet(() -> core.addressOf(tree.tree.rpfInterface()));
    }

    /// The RP wants no more of that source; of no source of the group when it is [Address#ANY_IPV4] (PIM-064).
    void onRegisterStop(Address from, PimMessage.RegisterStop stop, long nowNs) {
        core.counters.count(PimCounters.Event.REGISTER_STOP_RECEIVED);
        if (core.config().ssm().contains(stop.group())) {
            core.counters.count(PimCounters.Event.SSM_GROUP);
            return;
        }
        Optional<GroupTree> group = core.trees.find(stop.group()).filter(tree -> tree.rp().equals(from));
        boolean expected = false;
        if (group.isPresent() && stop.groupMaskLength() == 32) {
            for (SourceTree tree : group.get().sources.values()) {
                boolean meant = stop.source().isUnspecified() || stop.source().equals(tree.source);
                if (meant && tree.register.state() != RegisterMachine.State.NO_INFO) {
                    expected = true;
                    tree.register.onRegisterStop(nowNs);
                }
            }
        }
        if (!expected) {
            core.counters.count(PimCounters.Event.UNEXPECTED_REGISTER_STOP);
        }
    }

    // At the RP

    /// A Register arrived.
    ///
    /// @param packet as it came, with the addresses of the tunnel's ends
    void onRegister(Packet packet, PimMessage.Register register, long nowNs) {
        Address source = register.source();
        Address group = register.group();
        core.counters.count(register.nullRegister()
                ? PimCounters.Event.NULL_REGISTER_RECEIVED
                : PimCounters.Event.REGISTER_RECEIVED);
        if (!core.isOwn(packet.destination())) {
            core.counters.count(PimCounters.Event.NOT_FOR_US);
            return;
        }
        boolean loops = !register.nullRegister() && (register.packet().get(U8, 9) & 0xFF) == Packet.PIM
                || core.isOwn(source) || !PimCore.isRoutable(source, group);
        if (loops) {
            core.counters.count(PimCounters.Event.REGISTER_LOOP);
            return;
        }
        if (core.config().ssm().contains(group)) {
            core.counters.count(PimCounters.Event.SSM_GROUP);
            sendRegisterStop(packet, source, group);
            return;
        }
        Address rp = core.rps.rp(group).orElse(Address.ANY_IPV4);
        if (!rp.equals(packet.destination())) {
            core.counters.count(PimCounters.Event.NOT_RP);
            sendRegisterStop(packet, source, group);
            return;
        }
        if (core.config().registers().accept().map(list -> !list.permits(source, group)).orElse(false)) {
            core.counters.count(PimCounters.Event.REGISTER_DENIED);
            sendRegisterStop(packet, source, group);
            return;
        }
        if (!PimInstance.acceptsRp(core, rp, group)) {
            core.counters.count(PimCounters.Event.RP_NOT_ACCEPTED);
            sendRegisterStop(packet, source, group);
            return;
        }
        Optional<SourceTree> made = core.trees.tree(source, group, nowNs);
        if (made.isPresent()) {
            accept(made.get(), packet, register.nullRegister(), nowNs);
        }
    }

    /// packet_arrives_on_rp_tunnel: SwitchToSptDesired is always true at the RP (PIM-045).
    private void accept(SourceTree tree, Packet packet, boolean nullRegister, long nowNs) {
        boolean stop = tree.sptBit() || core.macros.inheritedOlist(tree).isEmpty();
        if (stop) {
            sendRegisterStop(packet, tree.source, tree.group());
        }
        tree.keepAlive(stop ? PimTimes.RP_KEEPALIVE : PimTimes.KEEPALIVE, nowNs);
        if (!nullRegister && !tree.sptBit()) {
            tree.onPackets(RoutingPort.REGISTER, nowNs);
        }
        core.trees.evaluate(tree, nowNs);
    }

    private void sendRegisterStop(Packet register, Address source, Address group) {
        core.counters.count(PimCounters.Event.REGISTER_STOP_SENT);
        core.port.sendRouted(new Packet(register.destination(), register.source(), Packet.PIM, UNICAST_TTL,
                Packet.CONTROL, false, new PimMessage.RegisterStop(group, 32, source).packed()));
    }
}
