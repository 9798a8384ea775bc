package io.nubicast.app.router;

import io.nubicast.app.Version;
import io.nubicast.engine.NanoClock;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.ConfigCommands;
import io.nubicast.router.config.ConfigStore;
import io.nubicast.router.config.ConfigTypes;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.RunningConfig;
import io.nubicast.router.iface.InterfaceReport;
import io.nubicast.router.iface.InterfaceShows;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.shell.Answer;
import io.nubicast.shell.Arguments;
import io.nubicast.shell.Command.Call;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Mode;
import io.nubicast.shell.Refused;
import io.nubicast.shell.Session;
import io.nubicast.wire.Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// The commands of a running router, and the sessions that carry them out. Sessions run on threads of their own; what they ask of the
/// protocols is answered on the router's thread.
public final class RouterShell {
    private final RouterLoop loop;
    private final VirtualRouter router;
    private final RunningConfig running;
    private final InterfaceReports reports;
    private final Grammar grammar;
    private final long startedNs;

    /// @param running the configuration that the commands change
    /// @param store where configurations are kept
    public RouterShell(RouterLoop loop, VirtualRouter router, RunningConfig running, ConfigStore store) {
        this.loop = loop;
        this.router = router;
        this.running = running;
        this.reports = new InterfaceReports(router);
        this.startedNs = loop.nowNs();
        Grammar.Builder builder = Grammar.builder(ConfigTypes.ALL);
        ConfigCommands.add(builder, running, store);
        ProtocolCommands.add(builder, loop, router);
        addOwn(builder);
        grammar = builder.build();
    }

    /// A new conversation, in privileged mode: who reaches the control socket owns the router.
    public Session session() {
        return new Session(grammar, Mode.PRIVILEGED, () -> running.config().hostname());
    }

    private void addOwn(Grammar.Builder builder) {
        builder.help("""
                show version                System hardware and software status
                show interfaces             Interface status and configuration
                show ip interface           IP interface status and configuration
                show ip interface brief     Brief summary of IP status and configuration
                show control-plane          Packets of protocols that were not taken, or could not be sent
                ping                        Send echo messages
                ping <destination>          Ping destination address
                ping repeat                 Specify repeat count
                ping size                   Specify datagram size
                ping timeout                Specify timeout interval
                ping source                 Specify source address or name
                """);
        builder.exec("show version", call -> version());
        builder.exec("show interfaces [<interface>]", this::interfaces);
        builder.exec("show ip interface brief", call -> onRouter(() -> InterfaceShows.brief(reports.all())));
        builder.privileged("show control-plane", call -> onRouter(this::controlPlane));
        builder.exec("ping <destination:address> [repeat <repeat:1-100000>] [size <size:36-18024>]"
                + " [timeout <timeout:1-3600>] [source (<from:interface>|<address>)]", this::ping);
    }

    /// Answers on the router's thread.
    Answer onRouter(Callable<Answer> command) throws Refused {
        return onRouter(loop, command);
    }

    static Answer onRouter(RouterLoop loop, Callable<Answer> command) throws Refused {
        try {
            return loop.call(command);
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            throw new Refused("the router did not answer: " + e.getMessage());
        }
    }

    private Answer version() {
        long minutes = (loop.nowNs() - startedNs) / 60_000_000_000L;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", Version.number());
        json.put("hostname", running.config().hostname());
        json.put("uptime_minutes", minutes);
        return new Answer("Nubicast virtual multicast router, " + Version.line() + "\n" + running.config().hostname()
                + " uptime is " + minutes + (minutes == 1 ? " minute\n" : " minutes\n"), json);
    }

    private Answer interfaces(Call call) throws Refused {
        Optional<InterfaceName> name = call.arguments().find("interface", InterfaceName.class);
        return onRouter(() -> {
            if (name.isEmpty()) {
                return InterfaceShows.interfaces(reports.all());
            }
            List<InterfaceReport> one = reports.of(name.get()).stream().toList();
            if (one.isEmpty()) {
                throw new Refused(name.get() + " is not configured", call.arguments().column("interface"));
            }
            return InterfaceShows.interfaces(one);
        });
    }

    private Answer controlPlane() {
        StringBuilder text = new StringBuilder("Packets that no protocol was given\n");
        Map<String, Object> drops = new LinkedHashMap<>();
        router.control().drops().forEach((reason, packets) -> {
            text.append("  ").append(reason.text()).append(": ").append(packets).append('\n');
            drops.put(reason.name().toLowerCase(java.util.Locale.ROOT), packets);
        });
        text.append("  lost in the kernel's receive buffer: ").append(router.control().lost()).append('\n');
        text.append("Packets that could not be sent\n");
        Map<String, Object> errors = new LinkedHashMap<>(router.control().sendErrors());
        router.control().sendErrors()
                .forEach((error, packets) -> text.append("  ").append(error).append(": ").append(packets).append('\n'));
        text.append("Events of the forwarding plane that were lost: ").append(router.plane().lostEvents()).append('\n');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("drops", drops);
        json.put("lost", router.control().lost());
        json.put("send_errors", errors);
        json.put("lost_events", router.plane().lostEvents());
        return new Answer(text.toString(), json);
    }

    private Answer ping(Call call) throws Refused {
        Arguments arguments = call.arguments();
        Address destination = arguments.get("destination", Address.class);
        Optional<Address> source = arguments.find("address", Address.class);
        Optional<InterfaceName> from = arguments.find("from", InterfaceName.class);
        if (from.isPresent()) {
            source = addressOf(from.get());
            if (source.isEmpty()) {
                throw new Refused(from.get() + " has no address", arguments.column("from"));
            }
        }
        Ping.Options usual = Ping.Options.to(destination);
        Ping.Options options = new Ping.Options(destination, (int) arguments.number("repeat", usual.count()),
                (int) arguments.number("size", usual.sizeBytes()),
                (int) arguments.number("timeout", usual.timeoutSeconds()), source);
        try {
            return Ping.run(options, NanoClock.SYSTEM);
        } catch (SystemCallException e) {
            throw new Refused("ping: " + e.getMessage());
        }
    }

    private Optional<Address> addressOf(InterfaceName name) throws Refused {
        try {
            return loop.call(() -> router.state(name).flatMap(RouterInterface::address));
        } catch (Exception e) {
            throw new Refused("the router did not answer: " + e.getMessage());
        }
    }
}
