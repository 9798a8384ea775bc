package io.nubicast.proxy.status;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.Fault;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A status as a table for people: groups and members, rates, frames and bursts, who carries them, errors by kind, drops by reason,
/// faults of the file. Lines are as long as they are, remarks last; no colours, no cursor.
public final class StatusTable {
    /// Refused senders that the table names.
    private static final int MOST_REJECTED = 8;
    private static final int PLANE_COLUMN = 7;

    private final ProxyStatus status;
    private final Rates rates;
    private final int mostMembers;
    private final StringBuilder out = new StringBuilder(2048);
    private Grid grid = new Grid(List.of());

    private StatusTable(ProxyStatus status, Rates rates, int mostMembers) {
        this.status = status;
        this.rates = rates;
        this.mostMembers = mostMembers;
    }

    /// Renders `now`, every line ended.
    ///
    /// @param before the snapshot that rates count from; empty for the daemon's start
    /// @param mostMembers of each group that are shown; the others are counted, those with errors among them named first
    public static String render(ProxyStatus now, Optional<ProxyStatus> before, int mostMembers) {
        return new StatusTable(now, new Rates(before, now), mostMembers).render();
    }

    private String render() {
        ProxyStatus.Daemon daemon = status.daemon();
        line("proxy " + daemon.role() + " " + daemon.version() + ", up "
                + span(status.atEpochMillis() - daemon.startedEpochMillis()));
        line(daemon.planeLine());
        line(status.file().path() + ": " + size() + ", loaded " + ago(status.file().loadedEpochMillis())
                + (status.file().lastReadingFailed() ? "; NOT IN FORCE as it is now, see below" : ""));
        Totals.Counts totals = status.totals();
        line(grouped(totals.recv()) + " received = " + grouped(totals.drop()) + " dropped + "
                + grouped(totals.forward()) + " forwarded; " + grouped(totals.fwdPoint()) + " copies; rates over "
                + span(Math.round(rates.seconds() * 1000)));
        line("");
        if (!status.routes().isEmpty()) {
            grid = new Grid(
                    List.of(daemon.role().equals("client") ? "SERVER" : "GROUP", "PACKETS/S", "MBIT/S", "PACKETS",
                            "FRAMES", "BURST", "LOST", "PLANE"),
                    0, PLANE_COLUMN);
            status.routes().forEach(this::route);
            grid.render(this::line);
        }
        drops();
        lines("not served", status.unserved());
        events();
        faults();
        return out.toString();
    }

    private String size() {
        long copies = 0;
        for (ProxyStatus.RouteStatus route : status.routes()) {
            copies += route.copies().size();
        }
        int routes = status.routes().size();
        return status.daemon().role().equals("client")
                ? routes + (routes == 1 ? " entry" : " entries")
                : routes + (routes == 1 ? " group, " : " groups, ") + copies + (copies == 1 ? " member" : " members");
    }

    private void route(ProxyStatus.RouteStatus route) {
        long lost = 0;
        for (long count : route.drops().values()) {
            lost += count;
        }
        Carriage carriage = Carriage.of(route.copies());
        List<String> remarks = new ArrayList<>();
        if (!carriage.remark().isEmpty()) {
            remarks.add(carriage.remark());
        }
        route.drops().forEach((reason, count) -> remarks.add(grouped(count) + " " + reason.label()));
        grid.row(List.of(name(route.subject()), rate(rates.packets(route)), megabits(rates.bits(route)),
                grouped(route.packets()), grouped(route.bursts()), burst(rates.burst(route)), grouped(lost),
                carriage.plane()), String.join(", ", remarks));
        Map<Address, ProxyStatus.CopyStatus> before = rates.copies(route);
        int shown = 0;
        int hidden = 0;
        int hiddenWithErrors = 0;
        boolean all = route.copies().size() <= mostMembers;
        int errorsFirst = all ? 0 : withErrors(route.copies());
        for (ProxyStatus.CopyStatus copy : route.copies()) {
            boolean failed = copy.failed() > 0;
            boolean show = all || shown < mostMembers && (failed || shown + errorsFirst < mostMembers);
            errorsFirst -= failed ? 1 : 0;
            if (show) {
                shown++;
                copy(copyName(route.subject(), copy), copy, before.get(copy.to()), carriage);
            } else {
                hidden++;
                hiddenWithErrors += failed ? 1 : 0;
            }
        }
        if (hidden > 0) {
            grid.line("  … and " + grouped(hidden) + " more members, "
                    + (hiddenWithErrors == 0 ? "none" : grouped(hiddenWithErrors)) + " of them with errors");
        }
    }

    private static int withErrors(List<ProxyStatus.CopyStatus> copies) {
        int count = 0;
        for (ProxyStatus.CopyStatus copy : copies) {
            count += copy.failed() > 0 ? 1 : 0;
        }
        return count;
    }

    private static String name(ProxyStatus.Subject subject) {
        return switch (subject) {
            case ProxyStatus.OfGroup of -> of.group().groupPort() == Match.ANY_PORT
                    ? of.group().address() + " any port"
                    : of.name();
            case ProxyStatus.OfEntry of -> of.name();
        };
    }

    private static String copyName(ProxyStatus.Subject subject, ProxyStatus.CopyStatus copy) {
        return switch (subject) {
            case ProxyStatus.OfGroup of -> "  " + port(copy.name(), of.group().serverPort());
            case ProxyStatus.OfEntry of -> "  becomes " + target(of.entry());
        };
    }

    private static String target(ClientConfig.Entry entry) {
        return port(entry.group().toString(), entry.groupPort());
    }

    private static String port(String address, int port) {
        return port == Rewrite.KEEP_PORT ? address : address + ":" + port;
    }

    private void copy(String name, ProxyStatus.CopyStatus copy, ProxyStatus.@Nullable CopyStatus was,
            Carriage carriage) {
        List<String> remarks = new ArrayList<>();
        if (!carriage.isCommon() && !copy.carrier().why().isEmpty()) {
            remarks.add(copy.carrier().why());
        }
        String errors = copy.errors().entrySet().stream()
                .map(error -> grouped(error.getValue()) + " " + error.getKey().label())
                .collect(Collectors.joining(", "));
        if (!errors.isEmpty()) {
            remarks.add(errors);
        }
        copy.lastError().ifPresent(
                last -> remarks.add("last " + ago(last.atEpochMillis()) + ": " + last.kind().text()));
        grid.row(List.of(name, rate(rates.packets(copy, was)), megabits(rates.bits(copy, was)), grouped(copy.packets()),
                grouped(copy.frames()), burst(rates.burst(copy, was)), grouped(copy.failed()), copy.carrier().plane()),
                String.join("; ", remarks));
    }

    private void drops() {
        if (status.drops().isEmpty()) {
            return;
        }
        line("");
        line("dropped before a group was found:");
        for (Map.Entry<DropReason, Long> drop : status.drops().entrySet()) {
            line(String.format(Locale.ROOT, "  %13s %s: %s", grouped(drop.getValue()), drop.getKey().label(),
                    drop.getKey().text()));
        }
        int shown = 0;
        for (ProxyStatus.RejectedSource rejected : status.rejectedSources()) {
            if (shown++ == MOST_REJECTED) {
                line("                from " + grouped(status.rejectedSources().size() - MOST_REJECTED)
                        + " more: proxy status --json");
                break;
            }
            line(String.format(Locale.ROOT, "  %13s from %s", grouped(rejected.packets()),
                    rejected.source().isUnspecified() ? "others" : rejected.source()));
        }
    }

    private void lines(String title, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        line("");
        line(title + ":");
        for (String text : lines) {
            line("  " + text);
        }
    }

    private void events() {
        if (status.events().isEmpty()) {
            return;
        }
        line("");
        line("events:");
        for (ProxyStatus.Event event : status.events()) {
            line("  " + ago(event.atEpochMillis()) + ": " + event.text());
        }
    }

    private void faults() {
        List<Fault> faults = status.file().faults();
        if (faults.isEmpty()) {
            return;
        }
        line("");
        line("faults of the file, read " + ago(status.file().triedEpochMillis())
                + (status.file().lastReadingFailed() ? "; what was loaded before stays in force:" : ":"));
        for (Fault fault : faults) {
            line("  " + fault.text());
        }
    }

    private void line(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        out.append(text, 0, end).append('\n');
    }

    private String ago(long epochMillis) {
        return span(status.atEpochMillis() - epochMillis) + " ago";
    }

    /// Two units at most: `0.5 s`, `12 s`, `2 min 5 s`, `3 h 0 min`, `4 d 7 h`.
    static String span(long millis) {
        long seconds = Math.max(0, millis) / 1000;
        if (millis < 10_000) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, millis) / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
        }
        return seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
    }

    private static String rate(double perSecond) {
        return perSecond > 0 && perSecond < 10
                ? String.format(Locale.ROOT, "%.1f", perSecond)
                : grouped(Math.round(perSecond));
    }

    private static String burst(OptionalDouble mean) {
        return mean.isPresent() ? String.format(Locale.ROOT, "%.1f", mean.getAsDouble()) : "-";
    }

    private static String megabits(double bitsPerSecond) {
        return bitsPerSecond == 0
                ? "0.0"
                : String.format(Locale.ROOT, bitsPerSecond > 0 && bitsPerSecond < 1e5 ? "%.3f" : "%,.1f",
                        bitsPerSecond / 1e6);
    }

    static String grouped(long number) {
        // Thousands of rows hold mostly zeros, and the formatter is slow.
        return number >= 0 && number < 1000 ? Long.toString(number) : String.format(Locale.ROOT, "%,d", number);
    }
}
