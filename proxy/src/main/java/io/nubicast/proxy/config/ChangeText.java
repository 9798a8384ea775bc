package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The words for a change of configuration.
final class ChangeText {
    private static final int MOST_NAMES = 4;

    final List<String> groupsAdded = new ArrayList<>();
    final List<String> groupsRemoved = new ArrayList<>();
    final List<String> groupsChanged = new ArrayList<>();
    private int membersAdded;
    private int membersRemoved;

    void members(List<Address> before, List<Address> now) {
        Set<Address> old = new HashSet<>(before);
        for (Address member : now) {
            if (!old.remove(member)) {
                membersAdded++;
            }
        }
        membersRemoved += old.size();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        named(text, groupsAdded, "added");
        named(text, groupsRemoved, "removed");
        named(text, groupsChanged, "changed");
        counted(text, membersAdded, "added");
        counted(text, membersRemoved, "removed");
        return text.isEmpty() ? "no change" : text.toString();
    }

    private static void named(StringBuilder text, List<String> names, String verb) {
        if (names.isEmpty()) {
            return;
        }
        text.append(text.isEmpty() ? "" : ", ").append(names.size()).append(names.size() == 1 ? " group " : " groups ")
                .append(verb).append(" (");
        for (int i = 0; i < names.size() && i < MOST_NAMES; i++) {
            text.append(i == 0 ? "" : " ").append(names.get(i));
        }
        text.append(names.size() > MOST_NAMES ? " …)" : ")");
    }

    private static void counted(StringBuilder text, int members, String verb) {
        if (members > 0) {
            text.append(text.isEmpty() ? "" : ", ").append(members).append(members == 1 ? " member " : " members ")
                    .append(verb);
        }
    }
}
