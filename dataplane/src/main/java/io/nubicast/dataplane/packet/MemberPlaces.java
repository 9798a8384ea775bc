package io.nubicast.dataplane.packet;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.RouteIndex;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// Gives each member address of a table a number, its place in the sorted list of all, and each route the places of its members.
/// Routes that stay keep theirs for as long as the list is the same. Immutable.
public final class MemberPlaces {
    public static final MemberPlaces NONE = new MemberPlaces(new int[0], new IdentityHashMap<>());

    private final int[] addresses;
    private final IdentityHashMap<CompiledRoute, int[]> byRoute;

    private MemberPlaces(int[] addresses, IdentityHashMap<CompiledRoute, int[]> byRoute) {
        this.addresses = addresses;
        this.byRoute = byRoute;
    }

    /// Of all routes of that index. Of the routes that stay, which may have a million members, only the places are looked at.
    static MemberPlaces of(RouteIndex index, MemberPlaces before) {
        AddressSet fresh = new AddressSet();
        boolean[] stays = new boolean[before.addresses.length];
        for (CompiledRoute route : index.routes()) {
            int[] places = before.byRoute.get(route);
            if (places == null) {
                for (int member = 0; member < route.size(); member++) {
                    fresh.add(route.address(member));
                }
            } else {
                for (int place : places) {
                    stays[place] = true;
                }
            }
        }
        int[] addresses = union(before.addresses, stays, fresh.toSortedArray());
        boolean same = Arrays.equals(addresses, before.addresses);
        int[] moved = same ? new int[0] : numbersIn(addresses, before.addresses);
        fresh.number(addresses);
        IdentityHashMap<CompiledRoute, int[]> byRoute = new IdentityHashMap<>();
        for (CompiledRoute route : index.routes()) {
            int[] places = before.byRoute.get(route);
            if (places == null || !same) {
                int[] now = new int[route.size()];
                for (int member = 0; member < now.length; member++) {
                    now[member] = places == null ? fresh.numberOf(route.address(member)) : moved[places[member]];
                }
                places = now;
            }
            byRoute.put(route, places);
        }
        return new MemberPlaces(same ? before.addresses : addresses, byRoute);
    }

    /// Those of the first that stay, and the second. Both sorted, each once.
    private static int[] union(int[] first, boolean[] stays, int[] second) {
        int[] all = new int[first.length + second.length];
        int size = 0;
        int other = 0;
        for (int at = 0; at < first.length; at++) {
            if (!stays[at]) {
                continue;
            }
            while (other < second.length && second[other] < first[at]) {
                all[size++] = second[other++];
            }
            if (other < second.length && second[other] == first[at]) {
                other++;
            }
            all[size++] = first[at];
        }
        System.arraycopy(second, other, all, size, second.length - other);
        return Arrays.copyOf(all, size + second.length - other);
    }

    /// The number in the first of each address of the second; of one that is not there, any. Both sorted.
    private static int[] numbersIn(int[] sorted, int[] addresses) {
        int[] numbers = new int[addresses.length];
        int at = 0;
        for (int each = 0; each < addresses.length; each++) {
            while (at < sorted.length && sorted[at] < addresses[each]) {
                at++;
            }
            numbers[each] = at;
        }
        return numbers;
    }

    /// All member addresses, sorted, each once: the same array for as long as the list is the same.
    int[] addresses() {
        return addresses;
    }

    /// By member of that route: its place in the list; null for a route of another table.
    public int @Nullable [] placesOf(CompiledRoute route) {
        return byRoute.get(route);
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

        /// @param sorted has all of this set, and others
        void number(int[] sorted) {
            numbers = new int[keys.length];
            for (int at = 0; at < sorted.length; at++) {
                if (sorted[at] == 0) {
                    zeroNumber = at;
                } else {
                    int place = place(sorted[at]);
                    if (keys[place] != 0) {
                        numbers[place] = at;
                    }
                }
            }
        }

        int numberOf(int address) {
            return address == 0 ? zeroNumber : numbers[place(address)];
        }
    }
}
