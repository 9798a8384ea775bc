package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The outputs that are open, one an interface and choice of loop. One thread.
final class RestoreOutputs implements AutoCloseable {
    private final PlaneEvents events;
    private final List<RestoreOutput> open = new ArrayList<>();

    RestoreOutputs(PlaneEvents events) {
        this.events = events;
    }

    /// The output of that interface for that kind of destination, opened when it is wanted for the first time; null when it cannot be, which is told.
    @Nullable
    RestoreOutput of(Link link, boolean loop, boolean broadcast) {
        for (RestoreOutput output : open) {
            if (output.interfaceIndex() == link.index() && output.loop() == loop
                    && output.broadcast() == broadcast) {
                return output;
            }
        }
        try {
            RestoreOutput output = new RestoreOutput(link, loop, broadcast);
            open.add(output);
            return output;
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("cannot restore to interface " + link.name() + ": " + e.getMessage()));
            return null;
        }
    }

    /// Closes the outputs of interfaces that are gone, and takes over the others' MTU.
    void retain(Collection<Link> links) {
        open.removeIf(output -> {
            for (Link link : links) {
                if (link.index() == output.interfaceIndex()) {
                    output.mtu(link.mtu());
                    return false;
                }
            }
            output.close();
            return true;
        });
    }

    /// Sends all that is queued.
    void flush() {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).flush();
        }
    }

    @Override
    public void close() {
        open.forEach(RestoreOutput::close);
        open.clear();
    }
}
