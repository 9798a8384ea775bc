package io.nubicast.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionTest {
    private final Example example = new Example();
    private final Session session = example.session();

    /// A whole conversation as a terminal shows it: each line behind its prompt, then what was answered.
    private String typed(String... lines) {
        StringBuilder screen = new StringBuilder();
        for (String line : lines) {
            screen.append(session.prompt()).append(line).append('\n').append(session.execute(line).text());
        }
        return screen.append(session.prompt()).toString();
    }

    @Test
    void wordsMayBeAbbreviatedAsLongAsTheyMeanOneThing() {
        assertThat(session.execute("sh ip pim nei").text()).isEqualTo("show ip pim neighbor\n");
        assertThat(session.execute("SHOW Ip PiM N").text()).isEqualTo("show ip pim neighbor\n");
        assertThat(typed("e")).isEqualTo("""
                router#e
                % Ambiguous command:  "e"
                % It may be: enable, exit
                router#""");
    }

    @Test
    void theCaretStandsUnderTheFirstWrongWord() {
        assertThat(typed("show ip mroot count")).isEqualTo("""
                router#show ip mroot count
                               ^
                % Invalid input detected at '^' marker.
                % Expected: mroute, pim
                router#""");
        assertThat(typed("show ip mroute 239.1.1.1 count more")).isEqualTo("""
                router#show ip mroute 239.1.1.1 count more
                                                      ^
                % Invalid input detected at '^' marker.
                % Expected: nothing more
                router#""");
    }

    @Test
    void aLineThatStopsTooEarlySaysWhatIsMissing() {
        assertThat(typed("show ip")).isEqualTo("""
                router#show ip
                % Incomplete command.
                % Expected: mroute, pim
                router#""");
    }

    @Test
    void aWordThatIsNoCommandIsUnknown() {
        assertThat(typed("frobnicate")).isEqualTo("""
                router#frobnicate
                % Unknown command or computer name, or unable to find computer address
                % Type ? for the commands of this mode
                router#""");
    }

    @Test
    void configurationModesAreEnteredAndLeft() {
        assertThat(typed("conf t", "int gi 1", "ip pim sparse-mode", "exit", "hostname c8kv", "int Gi2", "end"))
                .isEqualTo("""
                        router#conf t
                        Enter configuration commands, one per line.  End with CNTL/Z.
                        router(config)#int gi 1
                        router(config-if)#ip pim sparse-mode
                        router(config-if)#exit
                        router(config)#hostname c8kv
                        c8kv(config)#int Gi2
                        c8kv(config-if)#end
                        c8kv#""");
        assertThat(example.lines).containsExactly("interface GigabitEthernet1", "ip pim sparse-mode", "hostname c8kv",
                "interface GigabitEthernet2");
    }

    @Test
    void aLineOfTheModeAboveLeavesTheMode() {
        session.execute("configure terminal");
        session.execute("interface GigabitEthernet1");
        assertThat(session.place()).isEqualTo("interface GigabitEthernet1");

        assertThat(session.execute(" ip pim rp-address 10.0.0.1").ok()).isTrue();

        assertThat(session.prompt()).isEqualTo("router(config)#");
        assertThat(session.place()).isEmpty();
    }

    @Test
    void aFaultLeavesModeAndPlace() {
        session.execute("configure terminal");
        session.execute("interface GigabitEthernet1");

        Result result = session.execute("ip pim rp-address 10.0.0.x");

        assertThat(result.ok()).isFalse();
        assertThat(result.fault().orElseThrow().column()).isEqualTo(18);
        assertThat(session.mode()).isEqualTo(Example.INTERFACE);
        assertThat(session.place()).isEqualTo("interface GigabitEthernet1");
    }

    @Test
    void noNeedsOnlyWhatNamesTheSetting() {
        session.execute("configure terminal");
        session.execute("no ip pim rp-address 10.0.0.1");
        session.execute("no ip pim rp-address 10.0.0.1 10 override");
        session.execute("default hostname");
        assertThat(session.execute("no ip pim rp-address").fault().orElseThrow().kind())
                .isEqualTo(Fault.Kind.INCOMPLETE);

        assertThat(example.lines).containsExactly("NO ip pim rp-address 10.0.0.1",
                "NO ip pim rp-address 10.0.0.1 10 override", "DEFAULT hostname");
    }

    @Test
    void execCommandsWorkInConfigurationModesBehindDo() {
        session.execute("configure terminal");

        assertThat(session.execute("do show ip pim int").text()).isEqualTo("show ip pim interface\n");
        assertThat(session.execute("show ip pim int").ok()).isFalse();
        assertThat(session.prompt()).isEqualTo("router(config)#");
        assertThat(typed("do show ip foo")).contains("\n" + " ".repeat(26) + "^\n");
    }

    @Test
    void pipesChooseLines() {
        assertThat(session.execute("show ip mroute | include line").text()).isEqualTo("first line\n");
        assertThat(session.execute("show ip mroute | exclude line|below").text()).isEqualTo("second \nthird\n");
        assertThat(session.execute("show ip mroute 239.1.1.1 | begin ^second 239").text())
                .isEqualTo("second 239.1.1.1\n  below\nthird\n");
        assertThat(session.execute("show ip mroute | sec second").text()).isEqualTo("second \n  below\n");
        assertThat(session.execute("show ip mroute | count i").text())
                .isEqualTo("Number of lines which match regexp = 2\n");
        assertThat(typed("show ip mroute | include (")).contains("% Invalid input detected at '^' marker.");
        assertThat(typed("show ip mroute |")).contains("% Incomplete command.");
        assertThat(typed("show ip mroute | frob x")).contains("% Expected: begin, count, exclude, include, section");
    }

    @Test
    void aRefusalIsToldAndNothingElse() {
        Result result = session.execute("fail");

        assertThat(result.ok()).isFalse();
        assertThat(result.text()).isEqualTo("% it cannot be\n");
    }

    @Test
    void remarksAreLeftOutWithANotice() {
        session.execute("configure terminal");
        session.execute("interface Gi1");

        assertThat(session.execute("ip pim sparse-mode   //启用PIM稀疏模式").text()).isEqualTo(Remarks.NOTICE + "\n");
        assertThat(session.execute("ip address 10.0.0.1 255.255.255.252  // 配置").ok()).isTrue();
        assertThat(session.execute("shutdown //x").ok()).isTrue();
        assertThat(session.execute("description to http://x // really").text()).isEmpty();
        assertThat(session.execute("! a remark of IOS").ok()).isTrue();
        assertThat(session.execute("// only a remark").ok()).isTrue();

        assertThat(example.lines).containsExactly("interface GigabitEthernet1", "ip pim sparse-mode",
                "ip address 10.0.0.1 255.255.255.252", "shutdown", "description to http://x // really");
    }

    @Test
    void terminalLengthIsTheSessions() {
        assertThat(session.execute("terminal length 0").terminalLength()).isZero();
        assertThat(session.execute("terminal length 999").ok()).isFalse();
        assertThat(session.execute("terminal no length").terminalLength()).isEqualTo(24);
    }

    @Test
    void exitEndsTheSessionInExecMode() {
        assertThat(session.execute("exit").closed()).isTrue();
    }

    @Test
    void usersWithoutPrivilegeMayLookOnly() {
        Session user = new Session(example.grammar(), Mode.USER, () -> "router");

        assertThat(user.prompt()).isEqualTo("router>");
        assertThat(user.execute("show version").ok()).isTrue();
        assertThat(user.execute("configure terminal").ok()).isFalse();
        user.execute("enable");
        assertThat(user.prompt()).isEqualTo("router#");
    }
}
