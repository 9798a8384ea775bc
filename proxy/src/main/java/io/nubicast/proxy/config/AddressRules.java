package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.util.Optional;

/// Which addresses a file may name (PRX-042), the same for files, commands and the mesh.
///
/// @param allowLoopback members within 127.0.0.0/8, for the demo on one host
/// @param dialect of the file, which says what a group may be
public record AddressRules(OwnAddresses own, boolean allowLoopback, Dialect dialect) {
    /// For the files of the user-space tool.
    public AddressRules(OwnAddresses own, boolean allowLoopback) {
        this(own, allowLoopback, Dialect.USER_SPACE);
    }

    /// What is wrong with an address, and the change to make; each one clause.
    public record Objection(String what, String change) {}

    /// For this host as it is now.
    public static AddressRules ofThisHost() {
        return new AddressRules(OwnAddresses.ofThisHost(), false);
    }

    /// Whatever the host's addresses are.
    public static AddressRules anywhere() {
        return new AddressRules(OwnAddresses.NONE, false);
    }

    /// The address in `text`, or empty when it is none: see [#notAnAddress(String, String)].
    public static Optional<Address> parse(String text) {
        return Address.parseIpv4(text);
    }

    /// Says why `text` is not an address. What the original's `inet_addr` understood gets the canonical form as the change.
    public static Objection notAnAddress(String what, String text) {
        String shown = what + " \"" + shorten(text) + "\" is not an IPv4 address";
        if (text.isEmpty()) {
            return new Objection(what + " is empty", "write an IPv4 address such as 192.168.1.1");
        }
        Optional<Address> meant = InetAddr.parse(text.strip());
        if (meant.isPresent()) {
            return new Objection(shown + " in dotted decimal form", "write " + meant.get());
        }
        if (text.indexOf(':') >= 0) {
            return new Objection(shown, "IPv6 is not carried: write the IPv4 address");
        }
        return new Objection(shown, "write four numbers 0 to 255 with dots, such as 192.168.1.1");
    }

    /// What forbids `address` as a member or a server; empty when it may be used.
    public Optional<Objection> objectionToUnicast(String what, Address address) {
        if (!address.isIpv4()) {
            return objection(what, address, "is no IPv4 address", "write the host's IPv4 address");
        }
        if (address.isUnspecified()) {
            return objection(what, address, "is no host's address", "write the host's own address");
        }
        if (address.isMulticast()) {
            return objection(what, address, "is a multicast address", "write the unicast address of a host");
        }
        if (address.isLimitedBroadcast() || own.isDirectedBroadcast(address)) {
            return objection(what, address, "is a broadcast address", "write the address of each host");
        }
        if (address.isLoopback()) {
            return allowLoopback
                    ? Optional.empty()
                    : objection(what, address, "is a loopback address", "write the address on the network");
        }
        if (address.ipv4() >>> 28 == 0xF || address.ipv4() >>> 24 == 0) {
            return objection(what, address, "is in a reserved block", "write the unicast address of a host");
        }
        return Optional.empty();
    }

    /// As [#objectionToUnicast(String, Address)], and not an address of this host: it would send to itself.
    public Optional<Objection> objectionToMember(Address address) {
        Optional<Objection> objection = objectionToUnicast("member", address);
        if (objection.isEmpty() && own.isOwn(address)) {
            return objection("member", address, "is an address of this host",
                    "take it away: applications here already receive the group's multicast");
        }
        return objection;
    }

    /// What forbids `address` as a group.
    public Optional<Objection> objectionToGroup(Address address) {
        if (dialect == Dialect.KERNEL && address.isIpv4() && !address.isMulticast()) {
            return address.isUnspecified() || address.isLoopback()
                    ? objection("group", address, "is neither a multicast nor a broadcast address",
                            "write one from 224.0.1.0 to 239.255.255.255")
                    : Optional.empty();
        }
        if (!address.isMulticast()) {
            return objection("group", address, "is not a multicast address",
                    "write one from 224.0.1.0 to 239.255.255.255"
                            + (canBeCaptured(address) ? ", or add \"broadcast\":true" : ""));
        }
        return Optional.empty();
    }

    /// What forbids `address` as a group that is said to be a broadcast address, `"broadcast":true`.
    public Optional<Objection> objectionToBroadcast(Address address) {
        return address.isLimitedBroadcast() || own.isDirectedBroadcast(address)
                ? Optional.empty()
                : objection("group", address, "is not a broadcast address of this host",
                        "write 255.255.255.255 or that of a network of this host, or take \"broadcast\" away");
    }

    /// Whether datagrams to that group are seen here: the kernel dialect takes any address, as the original, but what is neither
    /// multicast nor a broadcast address of this host never passes where groups are captured.
    public boolean canBeCaptured(Address group) {
        return group.isMulticast() || group.isLimitedBroadcast() || own.isDirectedBroadcast(group);
    }

    private static Optional<Objection> objection(String what, Address address, String is, String change) {
        return Optional.of(new Objection(what + " " + address + " " + is, change));
    }

    /// For messages: no control characters, and not a whole file in one line.
    static String shorten(String text) {
        return text.length() <= 40 ? Fault.printable(text) : Fault.printable(text.substring(0, 40)) + "…";
    }
}
