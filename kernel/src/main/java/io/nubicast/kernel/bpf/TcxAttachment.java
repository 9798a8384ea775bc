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

    private static Optional<BpfLink> takeOver(BpfProgram program, Place place, BpfPins pins) throws IOException {
        Optional<BpfLink> found = pins.link(place.label());
        if (found.isEmpty()) {
            return found;
        }
        try {
            if (found.get().isAt(place.interfaceIndex(), place.direction())) {
                found.get().update(program);
                return found;
            }
        } catch (SystemCallException e) {
            found.get().close();
            throw e;
        }
        // Its interface is gone, and this is another one with the same number.
        found.get().close();
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
