package io.nubicast.app.daemon;

import io.nubicast.app.ExitCode;
import io.nubicast.app.Version;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A daemon in the foreground: starts everything in order, says in one line when it serves, and takes it all down on SIGTERM or
/// SIGINT. SIGHUP reads the file again.
public final class ProxyDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyDaemon.class);
    /// How often the data plane's events are looked at.
    private static final long EVENTS_EVERY_MILLIS = 250;

    private final DaemonSettings settings;
    private final PrintStream out;
    private final PrintStream err;
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    private enum Order {
        RELOAD, END
    }

    private ProxyDaemon(DaemonSettings settings, PrintStream out, PrintStream err) {
        this.settings = settings;
        this.out = out;
        this.err = err;
    }

    /// Serves until SIGTERM.
    ///
    /// @return the exit code, see [ExitCode]
    public static int run(DaemonSettings settings) {
        ProxyDaemon daemon = new ProxyDaemon(settings, System.out, System.err);
        Signals.on("TERM", () -> daemon.orders.add(Order.END));
        Signals.on("INT", () -> daemon.orders.add(Order.END));
        Signals.on("HUP", () -> daemon.orders.add(Order.RELOAD));
        EventLog.Opened log = EventLog.open(settings.log());
        try {
            if (!log.complaint().isEmpty()) {
                daemon.err.println("nubicast: " + log.complaint());
            }
            return daemon.guarded();
        } finally {
            EventLog.close();
        }
    }

    private int guarded() {
        try (Doorbell doorbell = new Doorbell(settings.control())) {
            return start(doorbell);
        } catch (FileSystemException e) {
            String reason = String.valueOf(e.getReason() == null ? e.getMessage() : e.getReason());
            boolean running = reason.startsWith("another daemon");
            return refuse(running ? ExitCode.ALREADY_RUNNING : ExitCode.UNAVAILABLE, "the control socket "
                    + settings.control() + ": " + reason + (running ? " (--control, --management)" : " (--control)"));
        } catch (IOException e) {
            return refuse(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private int start(Doorbell doorbell) throws IOException {
        LOG.info("{} {}, process {}, reads {}", settings.role().title(), Version.number(),
                ProcessHandle.current().pid(),
                settings.configuration());
        takeUp();
        Loaded.Reader reader = new Loaded.Reader(settings);
        Loaded loaded = reader.read();
        for (Fault fault : loaded.faults()) {
            err.println(fault.text());
            ProxyService.log(fault);
        }
        if (loaded.meaning().isEmpty()) {
            return refuse(ExitCode.CONFIGURATION, settings.configuration() + " cannot be used: see the lines above");
        }
        Loaded.Meaning meaning = loaded.meaning().get();
        ProxyService opened;
        try {
            opened = ProxyService.start(settings, reader, loaded, meaning, InstantSource.system());
        } catch (PlaneUnavailable e) {
            return refuse(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        try (ProxyService service = opened; Doors doors = Doors.open(service)) {
            doorbell.serves(service);
            String line = settings.role().title() + " serves " + meaning.summary() + "; " + service.planeLine();
            out.println(line);
            out.flush();
            LOG.info("{}", line);
            doors.lines().forEach(door -> LOG.info("{}", door));
            serve(service);
        }
        save();
        LOG.info("{} ended", settings.role().title());
        return ExitCode.OK;
    }

    /// What the kernel dialect's service does at its start: startup becomes running, unless the last stop was not clean.
    private void takeUp() throws IOException {
        if (settings.kernelDirectory().isPresent()) {
            Path directory = settings.kernelDirectory().get();
            boolean left = Files.exists(settings.configuration());
            try {
                settings.role().kernelFiles().prepare(directory);
            } catch (IOException e) {
                throw new IOException("cannot write " + settings.configuration() + ": " + ConfigFiles.reason(e), e);
            }
            LOG.info(left ? "takes up {}, left by a stop that was not clean or changed since" : "makes {} from startup",
                    settings.configuration());
        }
    }

    /// And at its clean end: running becomes startup.
    private void save() {
        if (settings.kernelDirectory().isPresent()) {
            Path directory = settings.kernelDirectory().get();
            try {
                settings.role().kernelFiles().save(directory);
                LOG.info("saved {}", settings.role().kernelFiles().startup(directory));
            } catch (IOException e) {
                LOG.error("cannot save {}: {}; the next start takes up {}",
                        settings.role().kernelFiles().startup(directory), ConfigFiles.reason(e),
                        settings.configuration());
            }
        }
    }

    private void serve(ProxyService service) {
        while (true) {
            Order order;
            try {
                order = orders.poll(EVENTS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            }
            service.takeEvents();
            if (order == Order.END) {
                return;
            }
            if (order == Order.RELOAD) {
                service.reload();
            }
        }
    }

    private int refuse(int code, String why) {
        err.println("nubicast: " + settings.role().title() + ": " + why);
        LOG.error("{}: {}", settings.role().title(), why);
        return code;
    }
}
