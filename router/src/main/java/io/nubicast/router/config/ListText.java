package io.nubicast.router.config;

import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;

/// Entries of access lists as `show access-lists` prints them.
final class ListText {
    private ListText() {}

    static String of(AccessList.Entry entry, boolean extended) {
        String action = entry.permit() ? "permit" : "deny";
        return extended
                ? action + " ip " + matched(entry.source(), entry.sourceWildcard(), "host ") + " "
                        + matched(entry.destination(), entry.destinationWildcard(), "host ")
                : action + " " + matched(entry.source(), entry.sourceWildcard(), "").replace(" ", ", wildcard bits ");
    }

    private static String matched(Address address, Address wildcard, String host) {
        return wildcard.equals(AccessListLines.ALL)
                ? "any"
                : wildcard.isUnspecified() ? host + address : address + " " + wildcard;
    }
}
