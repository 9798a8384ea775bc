package io.nubicast.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HelpTest {
    private final Session session = new Example().session();

    @Test
    void aQuestionMarkBehindABlankTellsWhatMayFollow() {
        assertThat(session.help("show ip ")).isEqualTo("""
                  mroute  IP multicast routing table
                  pim     PIM information
                """);
        assertThat(session.help("show ip mroute ")).isEqualTo("""
                  A.B.C.D  Source or group IP address
                  count    Route and packet count data
                  summary  Provide abbreviated display
                  |        Output modifiers
                  <cr>     <cr>
                """);
    }

    @Test
    void aQuestionMarkBehindLettersTellsTheWordsThatStartSo() {
        assertThat(session.help("e")).isEqualTo("enable  exit\n");
        assertThat(session.help("show ip m")).isEqualTo("mroute\n");
        assertThat(session.help("zzz")).isEqualTo("% Unrecognized command\n");
    }

    @Test
    void aLineThatEndsInAQuestionMarkIsAnsweredWithHelp() {
        assertThat(session.execute("show ip ?").text()).isEqualTo(session.help("show ip "));
    }

    @Test
    void behindAPipeItTellsTheFilters() {
        assertThat(session.help("show version | ")).startsWith("  begin    Begin with the line that matches\n");
    }

    @Test
    void configurationModesAlsoKnowDoAndNo() {
        session.execute("configure terminal");

        assertThat(session.help("")).contains("  no         Negate a command or set its defaults\n")
                .contains("  do         To run exec commands in config mode\n");
        assertThat(session.help("do show ip ")).startsWith("  mroute");
        assertThat(session.help("no ip pim rp-address ")).contains("A.B.C.D");
    }

    @Test
    void tabCompletesWordsInFull() {
        assertThat(session.complete("sh", 2)).containsExactly("show");
        assertThat(session.complete("show ip pim ", 12)).containsExactly("interface", "neighbor");
        assertThat(session.complete("show ip pim nei xyz", 15)).containsExactly("neighbor");
        assertThat(session.complete("show version | inc", 18)).containsExactly("include");
        session.execute("configure terminal");
        assertThat(session.complete("do sh", 5)).containsExactly("show");
        assertThat(session.complete("interface gi", 12)).containsExactly("GigabitEthernet1");
    }
}
