package io.nubicast.proxy.status;

import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.management.ControlServer;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/// The requests of a proxy's control socket:
///
///     status            the status as JSON
///     status text [N]   {"text": the table for people, with at most N members a group (20)}
///     reload            {"in_force": whether the file is, "faults": […]}
///     check             {"in_force": whether it would be, "faults": […]}; changes nothing
///     ping              {"role": "server"}
///     kernel …          a line of its own kind, see [KernelRequests]; of a daemon of the kernel dialect only
///
/// Anything else is answered {"error": what is wrong}.
public final class ProxyRequests implements ControlServer.Requests {
    private static final int MEMBERS_SHOWN = 20;

    /// What the requests need of the daemon; called on many threads at once.
    public interface Running {
        /// The status at this moment.
        ProxyStatus status();

        /// Reads the file again; its faults. In force when none is an error.
        List<Fault> reload();

        /// Reads the file by the daemon's rules and changes nothing; its faults.
        List<Fault> check();

        /// What the requests of the kernel dialect need; empty in a daemon of the other.
        Optional<KernelRequests.Running> kernel();
    }

    private final Running running;
    private final StatusHistory history = new StatusHistory();

    public ProxyRequests(Running running) {
        this.running = running;
    }

    @Override
    public String answer(String request) {
        if (request.startsWith("status text")) {
            return text(request.substring("status text".length()).strip());
        }
        if (request.startsWith(KernelRequests.WORD)) {
            Optional<KernelRequests.Running> kernel = running.kernel();
            return kernel.isPresent()
                    ? new KernelRequests(kernel.get()).answer(request.substring(KernelRequests.WORD.length()))
                    : object("error", "this daemon does not serve the kernel dialect: start it with --dialect kernel");
        }
        return switch (request) {
            case "status" -> {
                ProxyStatus now = running.status();
                yield StatusJson.render(now, history.before(now));
            }
            case "reload" -> faults(running.reload());
            case "check" -> faults(running.check());
            case "ping" -> object("role", running.status().daemon().role());
            default -> object("error", "unknown request; known are status, status text, reload, check and ping");
        };
    }

    private String text(String most) {
        int members = MEMBERS_SHOWN;
        if (!most.isEmpty()) {
            try {
                members = Math.max(0, Integer.parseInt(most));
            } catch (NumberFormatException e) {
                return object("error", "status text takes a number of members");
            }
        }
        ProxyStatus now = running.status();
        Optional<ProxyStatus> before = history.before(now);
        return object("text", StatusTable.render(now, before, members));
    }

    private static String faults(List<Fault> faults) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = StatusJson.JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            boolean failed = false;
            for (Fault fault : faults) {
                failed |= fault.isError();
            }
            json.writeStartObject();
            json.writeBooleanProperty("in_force", !failed);
            StatusJson.faults(json, faults);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static String object(String key, String value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = StatusJson.JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty(key, value);
            json.writeEndObject();
        }
        return text.toString();
    }
}
