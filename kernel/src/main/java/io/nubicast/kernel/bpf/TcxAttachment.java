package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.util.Optional;

/// By a TCX link.
final class TcxAttachment extends Attachment {
    private final BpfLink link;
    private final Optional<BpfPins> keep;

    private TcxAttachment(Place place, Descriptor claim, BpfLink link, Optional<BpfPins> keep) {
        super(place, claim);
        this.link = link;
        this.keep = keep;
    }

    static TcxAttachment attach(BpfProgram program, Place place, Descriptor claim, Optional<BpfPins> keep)
            throws IOException {
        ClsactAttachment.removeLeftover(place);
        Optional<BpfLink> kept = keep.isPresent() ? takeOver(program, place, keep.get()) : Optional.empty();
        if (kept.isPresent()) {
            return new TcxAttachment(place, claim, kept.get(), keep);
        }
        BpfLink link = BpfLink.toInterface(program, place.interfaceIndex(), place.direction());
        boolean complete = false;
        try {
            if (keep.isPresent()) {
                keep.get().pin(place.label(), link);
            }
            complete = true;
            return new TcxAttachment(place, claim, link, keep);
        } finally {
            if (!complete) {
                link.close();
            }
        }
    }

    static Optional<Attachment> takeOver(Place place, Descriptor claim, BpfPins pins, boolean keep)
            throws IOException {
        Optional<BpfLink> found = left(place, pins);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        boolean complete = false;
        try {
            if (!keep) {
                pins.remove(place.label());
            }
            complete = true;
            return Optional.of(
                    new TcxAttachment(place, claim, found.get(), keep ? Optional.of(pins) : Optional.empty()));
        } finally {
            if (!complete) {
                found.get().close();
            }
        }
    }

    static boolean isLeft(Place place, BpfPins pins) throws IOException {
        Optional<BpfLink> found = left(place, pins);
        found.ifPresent(BpfLink::close);
        return found.isPresent();
    }

    private static Optional<BpfLink> takeOver(BpfProgram program, Place place, BpfPins pins) throws IOException {
        Optional<BpfLink> found = left(place, pins);
        boolean complete = found.isEmpty();
        try {
            if (found.isPresent()) {
                found.get().update(program);
            }
            complete = true;
            return found;
        } finally {
            if (!complete) {
                found.orElseThrow().close();
            }
        }
    }

    /// The link that was kept there.
    private static Optional<BpfLink> left(Place place, BpfPins pins) throws IOException {
        Optional<BpfLink> found = pins.link(place.label());
        if (found.isEmpty()) {
            return found;
        }
        boolean isThere = false;
        try {
            isThere = found.get().isAt(place.interfaceIndex(), place.direction());
        } finally {
            if (!isThere) {
                found.get().close();
            }
        }
        if (isThere) {
            return found;
        }
        // Its interface is gone, and this is another one with the same number.
        pins.remove(place.label());
        return Optional.empty();
    }

    static boolean removeKept(Place place, BpfPins pins) throws IOException {
        Optional<BpfLink> found = pins.link(place.label());
        if (found.isPresent()) {
            try (BpfLink link = found.get()) {
                link.detach();
            }
        }
        return pins.remove(place.label());
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.TCX;
    }

    @Override
    public void update(BpfProgram program) throws SystemCallException {
        link.update(program);
    }

    @Override
    void remove() throws IOException {
        link.detach();
        if (keep.isPresent()) {
            keep.get().remove(place().label());
        }
    }

    @Override
    void leave() {
        link.close();
    }

    @Override
    void release() {
        link.close();
    }
}
