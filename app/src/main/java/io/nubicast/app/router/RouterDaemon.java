package io.nubicast.app.router;

import io.nubicast.app.ExitCode;
import io.nubicast.app.Version;
import io.nubicast.app.daemon.EventLog;
import io.nubicast.app.daemon.Signals;
import io.nubicast.app.router.shell.ShellServer;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.ConfigReader;
import io.nubicast.router.config.RouterConfig;
import io.nubicast.router.config.RunningConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `nubicast router` in the foreground: reads the configuration, starts the router, says in one line when it serves, and ends on
/// SIGTERM or SIGINT with a goodbye to the neighbours. SIGHUP reads the file again.
public final class RouterDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(RouterDaemon.class);
    private static final long PATIENCE_MILLIS = 5_000;

    /// What the command line says.
    ///
    /// @param config the start-up configuration
    /// @param control the Unix socket of `nubicast shell`
    public record Settings(Path config, Path control, Path log) {}

    private final Settings settings;
    private final PrintStream out;
    private final PrintStream err;
    private final FileConfigStore store;
    private final CountDownLatch end = new CountDownLatch(1);

    private RouterDaemon(Settings settings, PrintStream out, PrintStream err) {
        this.settings = settings;
        this.out = out;
        this.err = err;
        this.store = new FileConfigStore(settings.config());
    }

    /// Serves until SIGTERM.
    ///
    /// @return the exit code, see [ExitCode]
    public static int run(Settings settings) {
        RouterDaemon daemon = new RouterDaemon(settings, System.out, System.err);
        Signals.on("TERM", daemon.end::countDown);
        Signals.on("INT", daemon.end::countDown);
        EventLog.Opened log = EventLog.open(settings.log());
        try {
            if (!log.complaint().isEmpty()) {
                daemon.err.println("nubicast: " + log.complaint());
            }
            return daemon.start();
        } finally {
            EventLog.close();
        }
    }

    private int start() {
        LOG.info("router {}, process {}, reads {}", Version.number(), ProcessHandle.current().pid(), settings.config());
        ConfigReader.Read read;
        try {
            read = ConfigReader.read(store.startup().orElse(""));
        } catch (CharacterCodingException e) {
            return refuse(ExitCode.CONFIGURATION, settings.config() + " is not UTF-8");
        } catch (IOException e) {
            return refuse(ExitCode.CONFIGURATION, settings.config() + " cannot be read: " + e.getMessage());
        }
        err.print(read.report(settings.config().toString()));
        err.flush();
        if (!read.isValid()) {
            read.problems().forEach(problem -> LOG.warn("{}", problem.text(settings.config().toString()).strip()));
            return refuse(ExitCode.CONFIGURATION, settings.config() + " has faults: see the lines above");
        }
        RouterLoop loop;
        VirtualRouter router;
        try {
            loop = new RouterLoop(NanoClock.SYSTEM);
            router = new VirtualRouter(loop, new SecureRandom(), VirtualRouter.ports(read.config()));
        } catch (PlaneUnavailable | SystemCallException e) {
            return refuse(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        router.start();
        Thread thread = Thread.ofPlatform().name("nubicast-router").start(loop::run);
        try {
            return serve(loop, router);
        } finally {
            stop(loop, router, thread);
        }
    }

    private int serve(RouterLoop loop, VirtualRouter router) {
        RunningConfig running = new RunningConfig((before, now) -> apply(loop, router, now));
        RouterShell shell = new RouterShell(loop, router, running, store);
        Signals.on("HUP", () -> reload(running));
        reload(running);
        try (ShellServer door = ShellServer.open(settings.control(), shell::session)) {
            String line = "router " + running.config().hostname() + " serves "
                    + running.config().interfaces().size() + " interfaces at " + door.path();
            out.println(line);
            out.flush();
            LOG.info("{}", line);
            end.await();
            LOG.info("router ends");
            return ExitCode.OK;
        } catch (IOException e) {
            return refuse(ExitCode.UNAVAILABLE, "the control socket " + settings.control() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
    }

    private void apply(RouterLoop loop, VirtualRouter router, RouterConfig config) {
        try {
            loop.call(() -> {
                router.apply(config);
                return config;
            });
        } catch (Exception e) {
            throw new IllegalStateException("a configuration could not be put in force", e);
        }
    }

    /// Reads the file again. The last good configuration stays in force when it has faults.
    private void reload(RunningConfig running) {
        try {
            ConfigReader.Read read = running.replace(store.startup().orElse(""));
            read.problems().forEach(problem -> LOG.warn("{}", problem.text(settings.config().toString()).strip()));
            LOG.info(read.isValid()
                    ? "the configuration of {} is in force"
                    : "{} has faults: the last good configuration stays in force", settings.config());
        } catch (IOException e) {
            LOG.error("{} cannot be read: {}", settings.config(), e.getMessage());
        }
    }

    private static void stop(RouterLoop loop, VirtualRouter router, Thread thread) {
        try {
            loop.call(() -> {
                router.close();
                return true;
            });
        } catch (Exception e) {
            LOG.error("ending", e);
            loop.stop();
        }
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int refuse(int code, String why) {
        err.println("nubicast: router: " + why);
        LOG.error("router: {}", why);
        return code;
    }
}
