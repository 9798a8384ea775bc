package io.nubicast.router.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.igmp.IgmpShows.Selection;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Mode;
import io.nubicast.shell.ParameterType.Accepted;
import io.nubicast.shell.ParameterTypes;
import io.nubicast.shell.Session;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.RecordType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IgmpCommandsTest {
    private final Router router = new Router(IgmpInterfaceConfig.DEFAULT);
    private final IgmpShows shows = new IgmpShows(router.igmp, IgmpShows.Surroundings.NONE);
    private final Session session;

    IgmpCommandsTest() {
        ParameterTypes types = ParameterTypes.BASIC
                .with("interface", ParameterTypes.of("interface", "an interface",
                        text -> text.startsWith("G") ? Optional.of(new Accepted(text, Router.NAME)) : Optional.empty()))
                .with("group", ParameterTypes.of("A.B.C.D", "a group",
                        text -> Address.parseIpv4(text).map(group -> new Accepted(group, text))));
        Grammar.Builder grammar = Grammar.builder(types);
        IgmpCommands.add(grammar, router.igmp, shows, command -> command.apply(router.nowNs));
        session = new Session(grammar.build(), Mode.PRIVILEGED, () -> "router");
        router.report(RecordType.MODE_IS_EXCLUDE, Router.GROUP);
        router.advanceTo(3);
    }

    private String answer(String line) {
        assertThat(session.execute(line).fault()).isEmpty();
        return session.execute(line).answer().text();
    }

    @Test
    void theShowsAreAbbreviatedAsPeopleDo() {
        assertThat(answer("sh ip igmp gr")).isEqualTo(shows.groups(Selection.ALL, false, router.nowNs).text());
        assertThat(answer("sh ip igmp gr det")).isEqualTo(shows.groups(Selection.ALL, true, router.nowNs).text());
        assertThat(answer("show ip igmp groups 239.1.1.1 detail")).contains("Group:\t\t239.1.1.1");
        assertThat(answer("show ip igmp groups 239.9.9.9")).doesNotContain("239.1.1.1");
        assertThat(answer("sh ip igmp int Gi1")).isEqualTo(shows.interfaces(Optional.of(Router.NAME)).text());
        assertThat(answer("sh ip igmp mem")).isEqualTo(shows.membership(Selection.ALL, router.nowNs).text());
        assertThat(answer("sh ip igmp traffic")).isEqualTo(shows.traffic(Optional.empty()).text());
    }

    @Test
    void aGroupIsCleared() {
        assertThat(answer("clear ip igmp group 239.1.1.1")).isEmpty();

        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
    }
}
