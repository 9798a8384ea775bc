package io.nubicast.app.router;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Machine;
import io.nubicast.engine.NanoClock;
import io.nubicast.router.config.ConfigReader;
import io.nubicast.router.config.ConfigStore;
import io.nubicast.router.config.RunningConfig;
import io.nubicast.shell.Session;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/// A router on a machine of a lab, in this process: without the daemon and its socket, so that many tests can have one quickly.
@SuppressWarnings("try") // closed by tests, which may be interrupted
final class RouterHere implements AutoCloseable {
    private static final ConfigStore NOWHERE = new ConfigStore() {
        @Override
        public Optional<String> startup() {
            return Optional.empty();
        }

        @Override
        public void saveStartup(String text) {}

        @Override
        public String read(String file) throws java.io.IOException {
            throw new java.io.FileNotFoundException(file);
        }
    };

    private final Machine machine;
    private final RouterLoop loop;
    private final VirtualRouter router;
    private final RunningConfig running;
    private final RouterShell shell;
    private final Thread thread;

    private RouterHere(Machine machine) throws Exception {
        this.machine = machine;
        loop = new RouterLoop(NanoClock.SYSTEM);
        router = new VirtualRouter(loop, new Random());
        router.start();
        thread = Thread.ofPlatform().name("router-" + machine.node().name()).start(loop::run);
        running = new RunningConfig((before, now) -> {
            try {
                loop.call(() -> {
                    router.apply(now);
                    return now;
                });
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        shell = new RouterShell(loop, router, running, NOWHERE);
    }

    /// Starts one with that configuration.
    static RouterHere start(Machine machine, String configuration) throws Exception {
        return machine.call(() -> {
            RouterHere here = new RouterHere(machine);
            ConfigReader.Read read = here.running.replace(configuration);
            if (!read.isValid()) {
                here.close();
                throw new AssertionError(read.report("configuration"));
            }
            return here;
        });
    }

    /// What the shell answers to these lines, in one session.
    String shell(String... lines) {
        try {
            return machine.call(() -> {
                Session session = shell.session();
                StringBuilder text = new StringBuilder();
                for (String line : lines) {
                    text.append(session.execute(line).text());
                }
                return text.toString();
            });
        } catch (Exception e) {
            throw new AssertionError("shell", e);
        }
    }

    /// Asks until the answer is as wanted, and returns it.
    String until(String what, Predicate<String> wanted, String... lines) {
        String[] last = {""};
        try {
            Application.eventually(what, () -> {
                last[0] = shell(lines);
                return wanted.test(last[0]);
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but:\n" + last[0], e);
        }
        return last[0];
    }

    VirtualRouter router() {
        return router;
    }

    RouterLoop loop() {
        return loop;
    }

    @Override
    public void close() throws Exception {
        loop.call(() -> {
            router.close();
            return true;
        });
        thread.join();
    }
}
