package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.OptionalInt;

/// An interface: its device, addresses and sizes.
final class InterfaceLines {
    static final String ADDRESS = "ip address";

    private InterfaceLines() {}

    static void add(Lines lines) {
        lines.help("""
                interface                Select an interface to configure
                <interface>              Interface name, such as GigabitEthernet1, Tunnel1, Loopback0
                description              Interface specific description
                <text>                   Up to 240 characters
                device                   Linux device of this interface
                <device>                 Device name, such as eth1
                ip address               Set the IP address of an interface
                <address>                IP address
                <mask>                   IP subnet mask
                secondary                Make this IP address a secondary address
                shutdown                 Shutdown the selected interface
                mtu                      Set the interface Maximum Transmission Unit (MTU)
                ip mtu                   Set IP Maximum Transmission Unit
                <bytes>                  MTU in bytes
                """);
        lines.in(Modes.GLOBAL);
        lines.add("interface <interface>", 2, InterfaceLines::open).opens(Modes.INTERFACE);
        lines.in(Modes.INTERFACE);
        lines.add("description <text:line>", 1, context -> context.at().description = context.arguments().word("text"))
                .aboveAddress();
        lines.add("device <device:word>", 1, InterfaceLines::device).aboveAddress();
        lines.add("mtu <bytes:64-18000>", 1, context -> context.at().mtu = OptionalInt.of(context.number("bytes")))
                .aboveAddress();
        lines.add("ip address <address:unicast> <mask> [secondary]", 2, InterfaceLines::address)
                .key(arguments -> arguments.has("secondary") ? ADDRESS + " " + arguments.canonical("address") : ADDRESS)
                .removesAll();
        lines.add("ip mtu <bytes:68-65535>", 2,
                context -> context.at().ipMtu = OptionalInt.of(context.number("bytes")));
    }

    /// What IOS shows at the end of an interface.
    static void addEnd(Lines lines) {
        lines.in(Modes.INTERFACE);
        lines.add("shutdown", 1, context -> context.at().shutdown = true);
    }

    private static void open(Context context) {
        InterfaceName name = context.arguments().get("interface", InterfaceName.class);
        if (name.kind() == InterfaceName.Kind.NULL) {
            context.fault("interface", "Null0 needs no configuration", "use it in ip route only");
        } else {
            context.meaning().interfaces.put(name.toString(), new InterfaceDraft(name, context.line()));
        }
    }

    private static void device(Context context) {
        String device = context.arguments().word("device");
        if (!context.at().name.kind().isPhysical()) {
            context.fault("device", context.at().name + " has no device of the machine behind it",
                    "only GigabitEthernet and TenGigabitEthernet interfaces take a device line");
        } else if (device.length() > 15 || device.contains("/") || device.equals(".") || device.equals("..")) {
            context.fault("device", "'" + device + "' cannot be the name of a device", "see: ip link");
        } else {
            context.at().device = Optional.of(device);
            context.at().deviceLine = context.line();
        }
    }

    private static void address(Context context) {
        Address address = context.address("address");
        int length = ConfigTypes.prefixLength(context.address("mask"));
        int host = length == 32 ? -1 : address.ipv4() << length;
        boolean broadcast = length < 31 && host == -1 << length;
        if (length == 0 || length < 31 && host == 0 || broadcast) {
            context.fault("mask", "Bad mask /" + length + " for address " + address,
                    "take the address of a host of the subnet, or another mask");
        } else if (context.at().addresses.put(new InterfaceAddress(address, length), context.line()) != null) {
            context.fault("address", address + " is on this interface already", "");
        }
    }
}
