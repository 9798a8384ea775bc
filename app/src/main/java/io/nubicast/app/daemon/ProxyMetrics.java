package io.nubicast.app.daemon;

import io.nubicast.app.Version;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.SendError;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ServerConfig;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The counters of a proxy as Prometheus metrics. Labels: `role`; `group` as in the file (`239.1.1.1`, `239.1.1.1:5000`);
/// `member` for a server, `server` for a client; `reason` as in `proxy status --json`.
final class ProxyMetrics implements MultiCollector {
    private final ProxyService service;
    private final String role;

    ProxyMetrics(ProxyService service) {
        this.service = service;
        this.role = service.settings().role().word();
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        dropped(families.dropped, Labels.of("role", role), service.plane().drops());
        switch (service.inForce().meaning()) {
            case Loaded.Server server -> {
                List<Route> routes = server.table().routes();
                for (int i = 0; i < routes.size(); i++) {
                    ServerConfig.Group group = server.config().groups().get(i);
                    route(families, routes.get(i), Labels.of("role", role, "group", group.name()));
                }
            }
            case Loaded.Client client -> {
                List<Route> routes = client.table().routes();
                for (int i = 0; i < routes.size(); i++) {
                    ClientConfig.Entry entry = client.config().entries().get(i);
                    route(families, routes.get(i),
                            Labels.of("role", role, "group", entry.group().toString(), "server", entry.name()));
                }
            }
        }
        return families.snapshots(service, role);
    }

    private void route(Families families, Route route, Labels labels) {
        RouteCounters counters = service.counters().of(route.match());
        families.received.dataPoint(point(labels, counters.packets()));
        families.receivedBytes.dataPoint(point(labels, counters.bytes()));
        families.bursts.dataPoint(point(labels, counters.bursts()));
        Map<String, Integer> carried = new TreeMap<>();
        dropped(families.groupDropped, labels, counters.drops());
        for (Replication replication : route.replications()) {
            Labels of = replication.port() instanceof OutputPort.UnicastMember member
                    ? labels.merge(Labels.of("member", member.address().toString()))
                    : labels;
            ReplicationCounters copies = counters.of(replication.port());
            families.copies.dataPoint(point(of, copies.packets()));
            families.copiedBytes.dataPoint(point(of, copies.bytes()));
            families.frames.dataPoint(point(of, copies.frames()));
            carried.merge(service.plane().carrier(route.match(), replication.port()).plane(), 1, Integer::sum);
            for (SendError kind : SendError.values()) {
                if (copies.errors(kind) != 0) {
                    families.errors.dataPoint(point(of.merge(Labels.of("reason", kind.label())), copies.errors(kind)));
                }
            }
        }
        carried.forEach((plane, members) -> families.carried.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels.merge(Labels.of("data_plane", plane))).value(members).build()));
    }

    private static void dropped(CounterSnapshot.Builder family, Labels labels, DropCounters drops) {
        drops.nonZero().forEach((reason, packets) -> family.dataPoint(
                point(labels.merge(Labels.of("reason", reason.label())), packets)));
    }

    private static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
    }

    /// The metrics of one answer while they are filled.
    private static final class Families {
        final CounterSnapshot.Builder received = counter("received_packets", "Datagrams that came in for a group");
        final CounterSnapshot.Builder receivedBytes = counter("received_bytes", "Payload of those datagrams");
        final CounterSnapshot.Builder copies = counter("copies", "Copies that the kernel took");
        final CounterSnapshot.Builder copiedBytes = counter("copied_bytes", "Payload of those copies");
        final CounterSnapshot.Builder bursts = counter("bursts",
                "Runs of datagrams that left together; datagrams a run are the mean burst");
        final CounterSnapshot.Builder frames = counter("frames",
                "Frames in which the copies left; copies a frame are the member's mean burst");
        final GaugeSnapshot.Builder carried = GaugeSnapshot.builder().name("nubicast_proxy_carried")
                .help("Members, or restored groups, that each data plane carries");
        final CounterSnapshot.Builder errors = counter("copy_errors", "Copies that failed, by reason");
        final CounterSnapshot.Builder groupDropped = counter("group_dropped_packets",
                "Datagrams for a group that were dropped, by reason");
        final CounterSnapshot.Builder dropped = counter("dropped_packets",
                "Datagrams dropped before a group was found for them, by reason");

        private static CounterSnapshot.Builder counter(String name, String help) {
            return CounterSnapshot.builder().name("nubicast_proxy_" + name).help(help);
        }

        MetricSnapshots snapshots(ProxyService service, String role) {
            List<CounterSnapshot> counters = new ArrayList<>();
            for (CounterSnapshot.Builder builder : List.of(received, receivedBytes, bursts, copies, copiedBytes, frames,
                    errors,
                    groupDropped,
                    dropped)) {
                counters.add(builder.build());
            }
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            counters.forEach(all::metricSnapshot);
            all.metricSnapshot(carried.build());
            Labels labels = Labels.of("role", role);
            all.metricSnapshot(gauge("configuration_good", "1 when the last reading of the file is in force", labels,
                    service.inForce().lastReadingFailed() ? 0 : 1));
            all.metricSnapshot(gauge("start_time_seconds", "When the daemon started, in seconds since 1970", labels,
                    service.startedMillis() / 1000.0));
            all.metricSnapshot(InfoSnapshot.builder().name("nubicast_proxy").help("Version and data plane")
                    .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels.merge(
                            Labels.of("version", Version.number(), "data_plane", service.plane().name()))).build())
                    .build());
            return all.build();
        }

        private static GaugeSnapshot gauge(String name, String help, Labels labels, double value) {
            return GaugeSnapshot.builder().name("nubicast_proxy_" + name).help(help)
                    .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build())
                    .build();
        }
    }
}
