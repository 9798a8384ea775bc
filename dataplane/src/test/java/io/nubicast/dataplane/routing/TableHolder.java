package io.nubicast.dataplane.routing;

import io.nubicast.kernel.mroute.MulticastRouting;
import java.io.IOException;

/// A process that has the multicast routing table until it is ended.
final class TableHolder {
    private TableHolder() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (MulticastRouting routing = MulticastRouting.open(MulticastRouting.DEFAULT_TABLE)) {
            System.out.write(routing.isOpen() ? '!' : '?');
            System.out.flush();
            Thread.currentThread().join();
        }
    }
}
