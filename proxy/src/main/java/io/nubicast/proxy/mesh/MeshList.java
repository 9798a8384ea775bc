package io.nubicast.proxy.mesh;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.Limits;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The list of the original's two Python scripts: the first line is `GROUP PORT`, each further line one host. Lines with a `#`
/// and lines too short for an address are left out, as the scripts do.
///
/// @param port 0..65535; 0 is any port, kept
/// @param hosts all of them, this one included if it is in the list; each once, in the list's order
public record MeshList(Address group, int port, List<Address> hosts) {
    /// Shorter lines are no address: `1.1.1.1` has seven characters.
    private static final int LEAST_CHARACTERS = 7;
    private static final long MOST_BYTES = 16 << 20;

    public MeshList {
        hosts = List.copyOf(hosts);
    }

    /// What reading a list gave.
    ///
    /// @param list empty when there is an error
    /// @param errors a line each: file, line and what to change
    /// @param warnings a line each
    public record Reading(Optional<MeshList> list, List<String> errors, List<String> warnings) {
        public Reading {
            errors = List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }
    }

    /// Reads a list file; one that cannot be read is an error like any other.
    public static Reading read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                return failed(file + ": the file is too large for a list of hosts");
            }
            return parse(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return failed(file + ": the file does not exist");
        } catch (IOException e) {
            return failed(file + ": the file cannot be read (" + e.getMessage() + ")");
        }
    }

    private static Reading failed(String error) {
        return new Reading(Optional.empty(), List.of(error), List.of());
    }

    /// As [#read(Path)], from the file's bytes; `name` stands in the messages.
    public static Reading parse(String name, byte[] bytes) {
        return new Parser(name).parse(new String(bytes, StandardCharsets.UTF_8));
    }

    /// The list without this host, left out by its exact addresses.
    public List<Address> others(OwnAddresses own) {
        List<Address> result = new ArrayList<>(hosts.size());
        for (Address host : hosts) {
            if (!own.isOwn(host)) {
                result.add(host);
            }
        }
        return List.copyOf(result);
    }

    private static final class Parser {
        private final String name;
        private final AddressRules rules = AddressRules.anywhere();
        private final List<String> errors = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final Map<Address, Integer> hosts = new LinkedHashMap<>();
        private @Nullable Address group;
        private int port = -1;
        private boolean headSeen;

        Parser(String name) {
            this.name = name;
        }

        Reading parse(String text) {
            String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
            int number = 0;
            int start = 0;
            while (start < clean.length()) {
                int end = clean.indexOf('\n', start);
                end = end < 0 ? clean.length() : end;
                line(++number, clean.substring(start, end).strip());
                start = end + 1;
            }
            Address of = group;
            if (!headSeen) {
                errors.add(name + ": there is no line with the group; write first: 239.1.1.1 5000");
            } else if (hosts.isEmpty() && errors.isEmpty()) {
                errors.add(name + ": there are no hosts; write the address of each on a line of its own");
            } else if (hosts.size() > Limits.MEMBERS + 1) {
                errors.add(name + ": " + hosts.size() + " hosts, and " + (Limits.MEMBERS + 1)
                        + " are the most of a full mesh");
            }
            return new Reading(errors.isEmpty() && of != null
                    ? Optional.of(new MeshList(of, port, List.copyOf(hosts.keySet())))
                    : Optional.empty(), errors, warnings);
        }

        private void line(int number, String line) {
            if (line.indexOf('#') >= 0) {
                if (!line.startsWith("#")) {
                    warnings.add(
                            at(number) + "warning: left out because of the #; put the comment on a line of its own");
                }
            } else if (line.length() < LEAST_CHARACTERS) {
                if (!line.isEmpty()) {
                    warnings.add(at(number) + "warning: left out, too short for an address");
                }
            } else if (!headSeen) {
                headSeen = true;
                head(number, line);
            } else {
                host(number, line);
            }
        }

        private void head(int number, String line) {
            int blank = 0;
            while (blank < line.length() && line.charAt(blank) > ' ') {
                blank++;
            }
            String address = line.substring(0, blank);
            String rest = line.substring(blank).strip();
            Address parsed = AddressRules.parse(address).orElse(null);
            if (parsed == null) {
                error(number, AddressRules.notAnAddress("group", address));
            } else {
                rules.objectionToGroup(parsed).ifPresent(objection -> error(number, objection));
                group = parsed;
            }
            port = port(rest);
            if (port < 0) {
                errors.add(at(number) + "error: " + (rest.isEmpty() ? "the port is missing" : "the port is no port")
                        + "; write the group and a port from 0 to 65535, such as: 239.1.1.1 5000");
            }
        }

        private static int port(String text) {
            int port = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < '0' || c > '9' || port > 65535) {
                    return -1;
                }
                port = port * 10 + (c - '0');
            }
            return text.isEmpty() || port > 65535 ? -1 : port;
        }

        private void host(int number, String line) {
            Address host = AddressRules.parse(line).orElse(null);
            if (host == null) {
                error(number, AddressRules.notAnAddress("host", line));
                return;
            }
            AddressRules.Objection objection = rules.objectionToUnicast("host", host).orElse(null);
            if (objection != null) {
                error(number, objection);
                return;
            }
            Integer first = hosts.putIfAbsent(host, number);
            if (first != null) {
                warnings.add(at(number) + "warning: host " + host + " stands at line " + first + " already");
            }
        }

        private void error(int number, AddressRules.Objection objection) {
            errors.add(at(number) + "error: " + objection.what() + "; " + objection.change());
        }

        private String at(int number) {
            return name + ":" + number + ": ";
        }
    }
}
