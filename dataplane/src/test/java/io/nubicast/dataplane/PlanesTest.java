package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.dataplane.portable.PortableServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanesTest {
    private static final Planes.Candidate BROKEN = new Planes.Candidate("socket", PlanesTest::broken);
    private static final Planes.Candidate PORTABLE = new Planes.Candidate("portable",
            (counters, options) -> new PortableServerPlane(counters));

    private static DataPlane broken(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        throw new PlaneUnavailable("needs CAP_NET_RAW");
    }

    @Test
    void autoTakesTheFirstThatWorksAndSaysWhyNotTheOneBefore() throws PlaneUnavailable {
        Planes.Choice choice =
                Planes.open(List.of(BROKEN, PORTABLE), Planes.AUTO, new CounterRegistry(), PlaneOptions.DEFAULT);

        try (DataPlane plane = choice.plane()) {
            assertThat(plane.name()).isEqualTo("portable");
            assertThat(choice.line())
                    .isEqualTo("data plane portable: socket needs CAP_NET_RAW; source addresses are not kept");
        }
    }

    @Test
    void aPlaneThatIsNamedIsNotReplacedByAnother() {
        assertThatThrownBy(
                () -> Planes.open(List.of(BROKEN, PORTABLE), "socket", new CounterRegistry(), PlaneOptions.DEFAULT))
                .isInstanceOf(PlaneUnavailable.class)
                .hasMessage("no data plane can run here: socket needs CAP_NET_RAW");
    }

    @Test
    void anUnknownNameGetsTheNamesThatThereAre() {
        assertThatThrownBy(() -> Planes.open(Planes.Role.CLIENT, "xdp", new CounterRegistry(), PlaneOptions.DEFAULT))
                .isInstanceOf(PlaneUnavailable.class)
                .hasMessage("there is no data plane xdp; use auto or one of ebpf, socket, portable");
        assertThat(Planes.names(Planes.Role.SERVER)).containsExactly("auto", "ebpf", "packet", "socket", "portable");
    }
}
