package io.nubicast.dataplane.packet;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.RouteIndex;
import java.util.Arrays;
import java.util.IdentityHashMap;

/// Gives each member address of a table a number, its place in the sorted list of all, and each route the places of its members.
/// Routes that stay keep theirs for as long as the list is the same. Immutable.
final class MemberPlaces {
    static final MemberPlaces NONE = new MemberPlaces(new int[0], new IdentityHashMap<>());

    private final int[] addresses;
    private final IdentityHashMap<CompiledRoute, int[]> byRoute;

    private MemberPlaces(int[] addresses, IdentityHashMap<CompiledRoute, int[]> byRoute) {
        this.addresses = addresses;
        this.byRoute = byRoute;
    }

    /// Of all routes of that index. Takes the time of one pass over the members, which may be a million.
    static MemberPlaces of(RouteIndex index, MemberPlaces before) {
        AddressSet set = new AddressSet();
        for (CompiledRoute route : index.routes()) {
            for (int member = 0; member < route.size(); member++) {
                set.add(route.address(member));
            }
        }
        int[] addresses = set.toSortedArray();
        boolean same = Arrays.equals(addresses, before.addresses);
        IdentityHashMap<CompiledRoute, int[]> byRoute = new IdentityHashMap<>();
        if (!same) {
            set.number(addresses);
        }
        boolean numbered = !same;
        for (CompiledRoute route : index.routes()) {
            int[] places = same ? before.byRoute.get(route) : null;
            if (places == null) {
                if (!numbered) {
                    set.number(addresses);
                    numbered = true;
                }
                places = new int[route.size()];
                for (int member = 0; member < places.length; member++) {
                    places[member] = set.numberOf(route.address(member));
                }
            }
            byRoute.put(route, places);
        }
        return new MemberPlaces(same ? before.addresses : addresses, byRoute);
    }

    /// All member addresses, sorted, each once: the same array for as long as the list is the same.
    int[] addresses() {
        return addresses;
    }

    /// The routes as that worker sees them, with their members' places.
    IdentityHashMap<CompiledRoute, int[]> forWorker(int worker) {
        if (worker == 0) {
            return byRoute;
        }
        IdentityHashMap<CompiledRoute, int[]> view = new IdentityHashMap<>();
        byRoute.forEach((route, places) -> view.put(route.forWorker(worker), places));
        return view;
    }

    /// Open addressing over 32-bit addresses, at most half full.
    private static final class AddressSet {
        private int[] keys = new int[64];
        private int[] numbers = {};
        private boolean zero;
        private int zeroNumber;
        private int size;

        void add(int address) {
            if (address == 0) {
                zero = true;
                return;
            }
            int at = place(address);
            if (keys[at] == 0) {
                keys[at] = address;
                if (++size * 2 > keys.length) {
                    grow();
                }
            }
        }

        private int place(int address) {
            int hash = address * 0x9E3779B1;
            int at = (hash ^ hash >>> 15) & keys.length - 1;
            while (keys[at] != 0 && keys[at] != address) {
                at = at + 1 & keys.length - 1;
            }
            return at;
        }

        private void grow() {
            int[] old = keys;
            keys = new int[2 * old.length];
            for (int address : old) {
                if (address != 0) {
                    keys[place(address)] = address;
                }
            }
        }

        int[] toSortedArray() {
            int[] all = new int[size + (zero ? 1 : 0)];
            int at = 0;
            for (int address : keys) {
                if (address != 0) {
                    all[at++] = address;
                }
            }
            Arrays.sort(all);
            return all;
        }

        void number(int[] sorted) {
            numbers = new int[keys.length];
            for (int at = 0; at < sorted.length; at++) {
                if (sorted[at] == 0) {
                    zeroNumber = at;
                } else {
                    numbers[place(sorted[at])] = at;
                }
            }
        }

        int numberOf(int address) {
            return address == 0 ? zeroNumber : numbers[place(address)];
        }
    }
}
