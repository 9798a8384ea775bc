package io.nubicast.testkit.net;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A link: a LAN of any number of ports, or a line between two.
public final class SimLink {
    private final SimNetwork network;
    private final String name;
    private final List<Attachment> attachments = new ArrayList<>();
    private LinkQuality quality = LinkQuality.GOOD;
    private boolean up = true;
    private Tap tap = (from, packet) -> {};

    /// Sees what is put onto a link, once whatever the number of receivers and whatever becomes of it.
    @FunctionalInterface
    public interface Tap {
        /// A packet is put onto the link.
        ///
        /// @param from name of the host that sent it
        void on(String from, byte[] packet);
    }

    /// A port of a node on this link.
    static final class Attachment {
        final SimLink link;
        final SimNetwork.Host host;
        final int port;
        final List<Address> addresses;
        /// When the last packet to it arrives, so that those behind it are not earlier.
        long lastArrivalNs;

        Attachment(SimLink link, SimNetwork.Host host, int port, List<Address> addresses) {
            this.link = link;
            this.host = host;
            this.port = port;
            this.addresses = addresses;
        }
    }

    SimLink(SimNetwork network, String name) {
        this.network = network;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public boolean isUp() {
        return up;
    }

    /// What is on its way still arrives.
    public SimLink quality(LinkQuality newQuality) {
        quality = newQuality;
        return this;
    }

    public LinkQuality quality() {
        return quality;
    }

    /// Lets somebody see what is sent here, instead of who saw it before.
    public SimLink tap(Tap newTap) {
        tap = newTap;
        return this;
    }

    /// Takes the link down or up; all on it see it at once, and what was on its way is lost when it goes down.
    public void up(boolean newUp) {
        if (up != newUp) {
            up = newUp;
            network.note(name + (newUp ? " is up" : " is down"));
            attachments.forEach(each -> each.host.tell(each));
        }
    }

    /// The nodes on it, by name.
    public List<String> nodes() {
        return attachments.stream().map(each -> each.host.name()).toList();
    }

    Attachment attach(SimNetwork.Host host, int port, List<Address> addresses) {
        Attachment attachment = new Attachment(this, host, port, List.copyOf(addresses));
        attachments.add(attachment);
        return attachment;
    }

    void send(Attachment from, Address nextHop, byte[] packet) {
        if (!up) {
            return;
        }
        tap.on(from.host.name(), packet);
        if (nextHop.isMulticast() || nextHop.isLimitedBroadcast()) {
            for (Attachment to : attachments) {
                if (to != from) {
                    carry(from, to, packet);
                }
            }
        } else {
            Optional<Attachment> to = attachments.stream()
                    .filter(each -> each != from && each.addresses.contains(nextHop)).findFirst();
            if (to.isPresent()) {
                carry(from, to.get(), packet);
            } else {
                network.note(from.host.name() + " " + from.port + ": nobody on " + name + " is " + nextHop);
            }
        }
    }

    private void carry(Attachment from, Attachment to, byte[] packet) {
        if (quality.loss() > 0 && network.random().nextDouble() < quality.loss()) {
            network.record("lost", from, to, packet);
            return;
        }
        network.record("", from, to, packet);
        network.arrive(to, arrivalNs(to), packet);
        if (quality.duplication() > 0 && network.random().nextDouble() < quality.duplication()) {
            network.record("again", from, to, packet);
            network.arrive(to, arrivalNs(to), packet);
        }
    }

    private long arrivalNs(Attachment to) {
        long at = network.nowNs() + quality.delayNs()
                + (quality.jitterNs() > 0 ? network.random().nextLong(quality.jitterNs() + 1) : 0);
        if (!quality.reordering()) {
            at = Math.max(at, to.lastArrivalNs);
            to.lastArrivalNs = at;
        }
        return at;
    }
}
