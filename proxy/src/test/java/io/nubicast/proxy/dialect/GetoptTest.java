package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GetoptTest {
    private static final Getopt.LongOption[] LONG = {new Getopt.LongOption("stats", false, 'P'),
            new Getopt.LongOption("show", false, 'S'), new Getopt.LongOption("multiip", true, 'm')};

    @Test
    void valuesAreAttachedOrFollow() {
        assertThat(parse("-Am1.2.3.4", "-P")).isEqualTo("A m(1.2.3.4) P | ");
        assertThat(parse("-m", "-P", "-A")).isEqualTo("m(-P) A | ");
        assertThat(parse("--multiip=x", "--multiip", "y")).isEqualTo("m(x) m(y) | ");
        assertThat(parse("-m", "")).isEqualTo("m() | ");
    }

    @Test
    void longNamesMayBeShortenedWhileTheyStayUnambiguous() {
        assertThat(parse("--st", "--m=1")).isEqualTo("P m(1) | ");
        assertThat(parse("--s")).isEqualTo("? cmd: option '--s' is ambiguous; possibilities: '--stats' '--show' | ");
    }

    @Test
    void operandsMayStandAnywhereAndTwoDashesEndTheOptions() {
        assertThat(parse("a", "-P", "-", "--", "-S")).isEqualTo("P | a - -S ");
    }

    @Test
    void theDocumentedHelpIsHelp() {
        assertThat(parse("-help")).isEqualTo("H | ");
    }

    @Test
    void wrongOptionsAreNamedInGlibcsWords() {
        assertThat(parse("-x")).isEqualTo("? cmd: invalid option -- 'x' | ");
        assertThat(parse("-:")).isEqualTo("? cmd: invalid option -- ':' | ");
        assertThat(parse("-m")).isEqualTo("? cmd: option requires an argument -- 'm' | ");
        assertThat(parse("--nope=1")).isEqualTo("? cmd: unrecognized option '--nope=1' | ");
        assertThat(parse("--stats=1")).isEqualTo("? cmd: option '--stats' doesn't allow an argument | ");
        assertThat(parse("--multiip")).isEqualTo("? cmd: option '--multiip' requires an argument | ");
    }

    private static String parse(String... args) {
        Getopt options = new Getopt("cmd", args, "APSm:", LONG);
        StringBuilder text = new StringBuilder();
        int option = options.next();
        while (option != Getopt.END) {
            text.append((char) option);
            text.append(option == Getopt.WRONG
                    ? " " + options.message()
                    : option == 'm' ? "(" + options.value() + ")" : "");
            text.append(' ');
            option = options.next();
        }
        text.append("| ");
        for (String operand : options.operands()) {
            text.append(operand).append(' ');
        }
        return text.toString();
    }
}
