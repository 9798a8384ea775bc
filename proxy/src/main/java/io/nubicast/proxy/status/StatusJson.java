package io.nubicast.proxy.status;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.SendError;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A status as JSON on one line: the output of `nubicast proxy status --json`, and so an interface. Keys are only ever added.
/// Times are ISO 8601 in UTC; rates and `mean_burst` are over `interval_seconds`, the latter left out when nothing was sent; ports are 0 for any port, or for ports that are kept.
public final class StatusJson {
    static final JsonFactory JSON = new JsonFactory();

    private final ProxyStatus status;
    private final Rates rates;
    private final JsonGenerator json;

    private StatusJson(ProxyStatus status, Rates rates, JsonGenerator json) {
        this.status = status;
        this.rates = rates;
        this.json = json;
    }

    /// Renders `now`.
    ///
    /// @param before the snapshot that rates count from; empty for the daemon's start
    public static String render(ProxyStatus now, Optional<ProxyStatus> before) {
        StringWriter text = new StringWriter(4096);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            new StatusJson(now, new Rates(before, now), json).write();
        }
        return text.toString();
    }

    private void write() {
        json.writeStartObject();
        json.writeStringProperty("role", status.daemon().role());
        json.writeStringProperty("version", status.daemon().version());
        json.writeStringProperty("data_plane", status.daemon().plane());
        json.writeStringProperty("data_plane_choice", status.daemon().planeLine());
        json.writeStringProperty("at", time(status.atEpochMillis()));
        json.writeStringProperty("started", time(status.daemon().startedEpochMillis()));
        json.writeNumberProperty("uptime_seconds",
                Math.max(0, status.atEpochMillis() - status.daemon().startedEpochMillis()) / 1000);
        file();
        json.writeName("totals");
        json.writeStartObject();
        json.writeNumberProperty("recv", status.totals().recv());
        json.writeNumberProperty("drop", status.totals().drop());
        json.writeNumberProperty("forward", status.totals().forward());
        json.writeNumberProperty("fwd_point", status.totals().fwdPoint());
        json.writeEndObject();
        drops("drops", status.drops());
        if (status.daemon().role().equals("client")) {
            rejectedSources();
        }
        json.writeNumberProperty("interval_seconds", rates.seconds());
        json.writeName(status.daemon().role().equals("client") ? "servers" : "groups");
        json.writeStartArray();
        for (ProxyStatus.RouteStatus route : status.routes()) {
            route(route);
        }
        json.writeEndArray();
        json.writeName("unserved");
        json.writeStartArray();
        for (String line : status.unserved()) {
            json.writeString(line);
        }
        json.writeEndArray();
        json.writeName("events");
        json.writeStartArray();
        for (ProxyStatus.Event event : status.events()) {
            json.writeStartObject();
            json.writeStringProperty("at", time(event.atEpochMillis()));
            json.writeStringProperty("text", event.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void file() {
        json.writeName("file");
        json.writeStartObject();
        json.writeStringProperty("path", status.file().path());
        json.writeStringProperty("loaded", time(status.file().loadedEpochMillis()));
        json.writeStringProperty("tried", time(status.file().triedEpochMillis()));
        json.writeBooleanProperty("in_force", !status.file().lastReadingFailed());
        faults(json, status.file().faults());
        json.writeEndObject();
    }

    static void faults(JsonGenerator json, List<Fault> faults) {
        json.writeName("faults");
        json.writeStartArray();
        for (Fault fault : faults) {
            json.writeStartObject();
            json.writeStringProperty("severity", fault.severity().label());
            json.writeStringProperty("file", fault.file());
            json.writeNumberProperty("line", fault.line());
            json.writeNumberProperty("column", fault.column());
            json.writeStringProperty("what", fault.what());
            json.writeStringProperty("change", fault.change());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void route(ProxyStatus.RouteStatus route) {
        json.writeStartObject();
        switch (route.subject()) {
            case ProxyStatus.OfGroup of -> {
                ServerConfig.Group group = of.group();
                json.writeStringProperty("group", group.address().toString());
                json.writeNumberProperty("group_port", group.groupPort() == Match.ANY_PORT ? 0 : group.groupPort());
                json.writeNumberProperty("server_port", group.serverPort());
                if (!group.limit().isNone()) {
                    json.writeNumberProperty("rate_pps", group.limit().packetsPerSecond());
                    json.writeNumberProperty("rate_bps", group.limit().bitsPerSecond());
                }
            }
            case ProxyStatus.OfEntry of -> {
                ClientConfig.Entry entry = of.entry();
                json.writeStringProperty("server", entry.server().toString());
                json.writeNumberProperty("server_port", entry.serverPort());
                json.writeStringProperty("group", entry.group().toString());
                json.writeNumberProperty("group_port", entry.groupPort());
            }
        }
        json.writeNumberProperty("packets", route.packets());
        json.writeNumberProperty("bytes", route.bytes());
        json.writeNumberProperty("packets_per_second", rounded(rates.packets(route)));
        json.writeNumberProperty("bits_per_second", Math.round(rates.bits(route)));
        json.writeNumberProperty("bursts", route.bursts());
        burst(rates.burst(route));
        drops("drops", route.drops());
        Map<Address, ProxyStatus.CopyStatus> before = rates.copies(route);
        if (route.subject() instanceof ProxyStatus.OfGroup) {
            json.writeName("members");
            json.writeStartArray();
            for (ProxyStatus.CopyStatus copy : route.copies()) {
                copy("address", copy, before);
            }
            json.writeEndArray();
        } else {
            json.writeName("restored");
            copy("group", route.copies().getFirst(), before);
        }
        json.writeEndObject();
    }

    private void copy(String key, ProxyStatus.CopyStatus copy, Map<Address, ProxyStatus.CopyStatus> before) {
        ProxyStatus.CopyStatus was = before.get(copy.to());
        json.writeStartObject();
        json.writeStringProperty(key, copy.name());
        json.writeNumberProperty("packets", copy.packets());
        json.writeNumberProperty("bytes", copy.bytes());
        json.writeNumberProperty("packets_per_second", rounded(rates.packets(copy, was)));
        json.writeNumberProperty("bits_per_second", Math.round(rates.bits(copy, was)));
        json.writeNumberProperty("frames", copy.frames());
        burst(rates.burst(copy, was));
        json.writeStringProperty("data_plane", copy.carrier().plane());
        if (!copy.carrier().why().isEmpty()) {
            json.writeStringProperty("data_plane_why", copy.carrier().why());
        }
        json.writeName("errors");
        json.writeStartObject();
        for (Map.Entry<SendError, Long> error : copy.errors().entrySet()) {
            json.writeNumberProperty(error.getKey().label(), (long) error.getValue());
        }
        json.writeEndObject();
        if (copy.lastError().isPresent()) {
            var last = copy.lastError().get();
            json.writeName("last_error");
            json.writeStartObject();
            json.writeStringProperty("kind", last.kind().label());
            json.writeStringProperty("text", last.kind().text());
            json.writeStringProperty("at", time(last.atEpochMillis()));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void burst(OptionalDouble mean) {
        if (mean.isPresent()) {
            json.writeNumberProperty("mean_burst", rounded(mean.getAsDouble()));
        }
    }

    private void rejectedSources() {
        json.writeName("rejected_sources");
        json.writeStartArray();
        for (ProxyStatus.RejectedSource rejected : status.rejectedSources()) {
            json.writeStartObject();
            json.writeStringProperty("source", rejected.source().toString());
            json.writeNumberProperty("packets", rejected.packets());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void drops(String name, Map<DropReason, Long> drops) {
        json.writeName(name);
        json.writeStartObject();
        for (Map.Entry<DropReason, Long> drop : drops.entrySet()) {
            json.writeNumberProperty(drop.getKey().label(), (long) drop.getValue());
        }
        json.writeEndObject();
    }

    private static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }

    private static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }
}
