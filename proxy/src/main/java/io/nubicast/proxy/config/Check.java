package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The checks that both files share. Every method reports what is wrong and returns null or a default, so that the rest of the
/// file is checked as well.
final class Check {
    /// `port` for a value that is not a port.
    static final int BAD = -1;
    private static final int UDP = 17;
    private static final int VRRP = 112;

    final Faults faults;
    final AddressRules rules;
    private final List<Address> publicAddresses = new ArrayList<>();
    private @Nullable Json firstPublic;

    Check(Faults faults, AddressRules rules) {
        this.faults = faults;
        this.rules = rules;
    }

    /// The array under `key` in the root object; null when there is none.
    Json.@Nullable Arr rootArray(@Nullable Json root, String key, String otherKey, String otherFile) {
        if (root == null) {
            return null;
        }
        if (!(root instanceof Json.Obj object)) {
            faults.error(root, "the file holds " + root.kind() + " instead of an object",
                    "write {\"" + key + "\":[…]}");
            return null;
        }
        Json value = object.get(key);
        if (value instanceof Json.Arr array) {
            for (Json.Member member : object.members()) {
                if (member.key().equals(key) && member.value() != array) {
                    faults.warning(member.line(), member.column(), "\"" + key + "\" stands twice, the last one counts",
                            "keep one");
                }
            }
            return array;
        }
        if (value != null) {
            faults.error(value, "\"" + key + "\" is " + value.kind() + " instead of an array",
                    "write \"" + key + "\":[…]");
        } else if (object.get(otherKey) != null) {
            faults.error(object, "this is a " + otherFile + "'s file, with \"" + otherKey + "\"",
                    "name the file with \"" + key + "\"");
        } else if (object.complete() && rules.dialect() == Dialect.USER_SPACE) {
            faults.error(object, "\"" + key + "\" is missing", "write \"" + key + "\":[] when there is none");
        }
        return null;
    }

    /// The value of a required key that is an address; null after a fault.
    @Nullable
    Address address(Json.Obj entry, String key, String what) {
        Json value = entry.get(key);
        if (value == null) {
            if (entry.complete()) {
                faults.error(entry, "\"" + key + "\" is missing",
                        "add \"" + key + "\" with the address of the " + what);
            }
            return null;
        }
        return address(value, what);
    }

    @Nullable
    Address address(Json value, String what) {
        if (!(value instanceof Json.Text text)) {
            faults.error(value, what + " is " + value.kind() + " instead of an address",
                    "write an address between double quotes");
            return null;
        }
        Address address = AddressRules.parse(text.text()).orElse(null);
        if (address == null) {
            object(value, AddressRules.notAnAddress(what, text.text()));
        }
        return address;
    }

    /// The group of an entry, null after a fault.
    @Nullable
    Address group(Json.Obj entry) {
        Address group = address(entry, "group_ip", "group");
        Json value = entry.get("group_ip");
        if (group == null || value == null) {
            return null;
        }
        if (!carriesUdp(entry)) {
            return null;
        }
        boolean broadcast = entry.get("broadcast") instanceof Json.Literal literal && literal.text().equals("true");
        AddressRules.Objection objection =
                broadcast ? rules.objectionToBroadcast(group).orElse(null) : rules.objectionToGroup(group).orElse(null);
        if (objection != null) {
            object(value, objection);
            return null;
        }
        if (!rules.canBeCaptured(group)) {
            faults.warning(value,
                    "group " + group + " is neither a multicast nor a broadcast address of this host: nothing"
                            + " sent to it is seen",
                    "name the group that applications send to");
        }
        if (group.isLinkLocalMulticast()) {
            faults.warning(value,
                    "group " + group + " is link-local (224.0.0.0/24): routers never forward it, and routing"
                            + " protocols of this host may use it",
                    "choose a group from 239.0.0.0/8");
        }
        return group;
    }

    private boolean carriesUdp(Json.Obj entry) {
        long protocol = integer(entry, "protocol", 1, 255, UDP);
        Json value = entry.get("protocol");
        if (value != null && protocol != UDP && protocol != BAD) {
            faults.error(value, "\"protocol\" " + protocol + (protocol == VRRP ? " (VRRP)" : "")
                    + " is not carried, only " + UDP + " (UDP)", "take the entry away");
        }
        return protocol == UDP;
    }

    void object(Json at, AddressRules.Objection objection) {
        faults.error(at, objection.what(), objection.change());
    }

    /// Public addresses are served, with one warning for all of them: [#warnOfPublic(String)].
    void notePublic(Json at, Address address) {
        if (address.isPublic()) {
            publicAddresses.add(address);
            if (firstPublic == null) {
                firstPublic = at;
            }
        }
    }

    void warnOfPublic(String what) {
        if (firstPublic == null) {
            return;
        }
        int count = publicAddresses.size();
        faults.warning(firstPublic, (count == 1 ? "one " + what + " (" : count + " " + what + "s (first ")
                + publicAddresses.getFirst() + ") " + (count == 1 ? "is a public address" : "are public addresses")
                + ": copies cross the Internet without encryption or authentication",
                "make sure that this is meant");
    }

    /// An integer under `key`, also as a string, as json-c reads it. `absent` when the key is not there, [#BAD] after a fault.
    long integer(Json.Obj entry, String key, long lowest, long highest, long absent) {
        Json value = entry.get(key);
        String range = lowest + " to " + highest;
        String text;
        switch (value) {
            case null -> {
                return absent;
            }
            case Json.Num number -> text = number.text();
            case Json.Text string -> text = string.text().strip();
            case Json.Obj o -> text = "";
            case Json.Arr a -> text = "";
            case Json.Literal l -> text = "";
        }
        if (text.isEmpty()) {
            faults.error(value, "\"" + key + "\" is " + (value instanceof Json.Text ? "empty" : value.kind())
                    + " instead of a number", "write a number from " + range);
            return BAD;
        }
        long number = parse(text);
        if (number == Long.MIN_VALUE) {
            faults.error(value, "\"" + key + "\" " + AddressRules.shorten(text) + " is not a whole number",
                    "write a number from " + range);
            return BAD;
        }
        if (number < lowest || number > highest) {
            faults.error(value, "\"" + key + "\" " + AddressRules.shorten(text) + " is out of range",
                    "write a number from " + range);
            return BAD;
        }
        return number;
    }

    /// A port, 0 included; [#BAD] after a fault.
    int port(Json.Obj entry, String key, int absent) {
        return (int) integer(entry, key, 0, 65535, absent);
    }

    /// Long.MIN_VALUE for what is not a whole number; numbers beyond a long are clipped, which is out of range as well.
    private static long parse(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int end = text.length();
        int point = text.indexOf('.');
        if (point >= 0) {
            for (int i = point + 1; i < end; i++) {
                if (text.charAt(i) != '0') {
                    return Long.MIN_VALUE;
                }
            }
            end = point;
        }
        if (at == end) {
            return Long.MIN_VALUE;
        }
        long value = 0;
        for (int i = at; i < end; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return Long.MIN_VALUE;
            }
            value = Math.min(value * 10 + (c - '0'), Long.MAX_VALUE / 16);
        }
        return at == 1 ? -value : value;
    }
}
