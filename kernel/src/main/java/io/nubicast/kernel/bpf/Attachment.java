package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// A program of type [BpfProgram.Type#SCHED_CLS] at work on an interface, by whatever this kernel has for it. One thread at a
/// time.
///
/// An owner (the name of a part of this software) has one program in each direction of an interface. While it is there, nobody else
/// of that name gets in ([InterfaceTaken]); what an earlier one left because it was killed is removed before.
public abstract sealed class Attachment implements AutoCloseable permits TcxAttachment, ClsactAttachment {
    /// What holds a program at an interface.
    public enum Mechanism {
        /// Links: the program goes when the process ends, however that comes. Linux 6.6.
        TCX,
        /// A filter of traffic control: stays when the process is killed, until the next one of the same owner attaches.
        CLSACT;

        /// Why it cannot be had, as a clause for people; empty when it can. Asked of the kernel once in a process; whether the
        /// kernel has modules for [#CLSACT] shows when a program is attached.
        public Optional<String> missing() {
            return this == CLSACT ? Optional.empty() : BpfFeature.TCX.missing();
        }

        /// The better one of those that can be had.
        public static Mechanism best() {
            return TCX.missing().isEmpty() ? TCX : CLSACT;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Where a program goes, and for whom.
    ///
    /// @param interfaceIndex of an interface in the calling thread's network namespace
    /// @param owner letters, digits and `-`, as people know it: `nubicast-server`
    public record Place(int interfaceIndex, BpfLink.Direction direction, String owner) {
        /// The name of its link among pins, and of its filter.
        String label() {
            return owner + "-" + interfaceIndex + "-" + direction;
        }
    }

    private final Place place;
    private final Descriptor claim;

    Attachment(Place place, Descriptor claim) {
        this.place = place;
        this.claim = claim;
    }

    /// Attaches a program by the best mechanism; it goes when this is closed.
    ///
    /// @throws InterfaceTaken when the owner has one there, in another process or this one
    /// @throws SystemCallException ENODEV, EPERM without CAP_NET_ADMIN; of [Mechanism#CLSACT], ENOENT where the kernel has no
    ///         sch_ingress or cls_bpf, EEXIST where the interface has the old qdisc `ingress`
    public static Attachment attach(BpfProgram program, Place place) throws IOException {
        return attach(Mechanism.best(), program, place, Optional.empty());
    }

    /// Attaches a program.
    ///
    /// @param keep where its link gets a name: then the program stays when this is closed or the process ends, and the next one
    ///        attached for the same owner and with the same directory takes its place without a gap
    /// @throws IOException as [#attach(BpfProgram, Place)]
    public static Attachment attach(Mechanism mechanism, BpfProgram program, Place place, Optional<BpfPins> keep)
            throws IOException {
        if (program.type() != BpfProgram.Type.SCHED_CLS) {
            throw new IllegalArgumentException(program.type() + " is not for an interface");
        }
        InterfaceClaim claim = InterfaceClaim.take(place.owner, place.interfaceIndex, place.direction);
        boolean complete = false;
        try {
            Attachment made = switch (mechanism) {
                case TCX -> TcxAttachment.attach(program, place, claim, keep);
                case CLSACT -> ClsactAttachment.attach(program, place, claim, keep.isPresent());
            };
            complete = true;
            return made;
        } finally {
            if (!complete) {
                claim.close();
            }
        }
    }

    /// Takes over what an earlier process of the owner left in a place: its program goes on until [#update].
    ///
    /// @param kept where the name of its link is looked for
    /// @param keep whether it shall go on to stay when this is closed or the process ends; else its name is taken away
    /// @return empty when there is nothing of that mechanism
    /// @throws InterfaceTaken when the owner is there
    public static Optional<Attachment> takeOver(Mechanism mechanism, Place place, Optional<BpfPins> kept, boolean keep)
            throws IOException {
        InterfaceClaim claim = InterfaceClaim.take(place.owner, place.interfaceIndex, place.direction);
        Optional<Attachment> found = Optional.empty();
        try {
            found = switch (mechanism) {
                case TCX -> kept.isPresent()
                        ? TcxAttachment.takeOver(place, claim, kept.get(), keep)
                        : Optional.empty();
                case CLSACT -> ClsactAttachment.takeOver(place, claim, keep);
            };
            return found;
        } finally {
            if (found.isEmpty()) {
                claim.close();
            }
        }
    }

    /// Whether something goes on in a place that the owner is not in any more: kept, or left by a process that was killed.
    ///
    /// @param kept where the name of its link is looked for
    public static boolean isLeft(Place place, Optional<BpfPins> kept) throws IOException {
        try (InterfaceClaim claim = InterfaceClaim.take(place.owner, place.interfaceIndex, place.direction)) {
            return claim.isOpen() && (ClsactAttachment.isLeft(place)
                    || kept.isPresent() && TcxAttachment.isLeft(place, kept.get()));
        } catch (InterfaceTaken e) {
            return false;
        }
    }

    /// Removes what the owner left behind in a place, also what it wanted to be kept, with its name among pins.
    ///
    /// @return whether there was something
    /// @throws InterfaceTaken when the owner is there
    public static boolean removeLeftover(Place place, Optional<BpfPins> kept) throws IOException {
        try (InterfaceClaim claim = InterfaceClaim.take(place.owner, place.interfaceIndex, place.direction)) {
            boolean removed = claim.isOpen() && ClsactAttachment.removeLeftover(place);
            if (kept.isPresent()) {
                removed |= TcxAttachment.removeKept(place, kept.get());
            }
            return removed;
        }
    }

    public Place place() {
        return place;
    }

    public abstract Mechanism mechanism();

    /// Puts another program in the place of this one; each packet meets the old or the new one.
    public abstract void update(BpfProgram program) throws SystemCallException;

    /// Takes the program away, also one that was to be kept, and closes this.
    public final void detach() throws IOException {
        try {
            remove();
        } finally {
            release();
            claim.close();
        }
    }

    /// Takes the program away, or leaves it where it was to be kept. Idempotent.
    @Override
    public final void close() {
        try {
            if (claim.isOpen()) {
                leave();
            }
        } finally {
            release();
            claim.close();
        }
    }

    /// Takes the program away, whatever was wanted.
    abstract void remove() throws IOException;

    /// Takes the program away, unless it is to be kept.
    abstract void leave();

    /// Closes descriptors.
    abstract void release();
}
