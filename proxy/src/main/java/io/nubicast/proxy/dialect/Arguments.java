package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// The arguments that both commands check in the same way. Messages that the original prints go where it prints them, to
/// standard output; ours go to standard error.
final class Arguments {
    private Arguments() {}

    /// Not a port.
    static final int BAD = -1;

    /// Digits only, 0..65535; [#BAD] after the original's message.
    ///
    /// @param integer the original's spelling of that word, which differs between its commands
    /// @param tail what it prints after the second message
    static int port(Environment env, char option, String text, String integer, String tail) {
        boolean digits = !text.isEmpty();
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            digits &= c >= '0' && c <= '9';
            number = Math.min(number * 10 + (c - '0'), 1 << 20);
        }
        if (!digits) {
            env.out().print("error: the value of option -" + option + " is not positive " + integer + "!\n\n");
            return BAD;
        }
        if (number > 65535) {
            env.out().print("error: the value of option -" + option + " should be smaller than 65536!\n\n" + tail);
            return BAD;
        }
        return (int) number;
    }

    /// Splits at commas; empty entries are kept, so that they can be complained of.
    static List<String> list(String text) {
        List<String> result = new ArrayList<>();
        int start = 0;
        while (true) {
            int comma = text.indexOf(',', start);
            if (comma < 0) {
                result.add(text.substring(start));
                return result;
            }
            result.add(text.substring(start, comma));
            start = comma + 1;
        }
    }

    /// The members in `entries`; complains of every wrong one and then gives none.
    static List<Address> members(Environment env, List<String> entries) {
        AddressRules shape = AddressRules.anywhere();
        List<Address> result = new ArrayList<>(entries.size());
        boolean wrong = false;
        for (String entry : entries) {
            Address address = AddressRules.parse(entry).orElse(null);
            AddressRules.Objection objection = address == null
                    ? AddressRules.notAnAddress("member", entry)
                    : shape.objectionToMember(address).orElse(null);
            if (objection != null) {
                wrong = true;
                env.complain("-j: " + objection.what() + "; " + objection.change());
            } else if (address != null) {
                result.add(address);
            }
        }
        if (!wrong) {
            wrong = complainOfOwn(env, result);
        }
        return wrong ? List.of() : result;
    }

    private static boolean complainOfOwn(Environment env, List<Address> members) {
        AddressRules here = new AddressRules(OwnAddresses.ofThisHost(), true);
        boolean wrong = false;
        for (Address member : members) {
            AddressRules.Objection objection = here.objectionToMember(member).orElse(null);
            if (objection != null) {
                wrong = true;
                env.complain("-j: " + objection.what() + "; " + objection.change());
            }
        }
        return wrong;
    }

    /// True when there was something that is no option; complains of it.
    static boolean complainOfOperands(Environment env, List<String> operands) {
        if (operands.isEmpty()) {
            return false;
        }
        env.complain("unexpected argument \"" + operands.getFirst()
                + "\"; write lists without blanks: 10.0.0.1,10.0.0.2");
        return true;
    }
}
