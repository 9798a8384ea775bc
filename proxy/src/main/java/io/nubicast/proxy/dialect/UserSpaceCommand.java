package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.management.ManagementPort;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What the two commands of the user-space dialect have in common: they edit a file and tell the daemon, over its old TCP port,
/// to read it again.
abstract class UserSpaceCommand extends AdminCommand {
    private final ManagementPort port;
    private final String daemon;

    /// @param fileName of the file that it edits
    /// @param port of the daemon
    /// @param daemon what it is, for people: `server`
    UserSpaceCommand(Environment env, String fileName, ManagementPort port, String daemon, String letters,
            Getopt.LongOption... longOptions) {
        super(env, env.directory().resolve(fileName), letters, longOptions);
        this.port = port;
        this.daemon = daemon;
    }

    /// What is wrong with the file as it is now.
    abstract List<Fault> faults();

    /// Called when the file was changed and no daemon answers.
    abstract void noDaemon();

    /// The exit code where there was nothing to change.
    int nothingThere(EditResult result) {
        return command() == 'D' ? 0 : refused(result.text());
    }

    final int edited(EditResult result) {
        return switch (result.outcome()) {
            case CHANGED, UNCHANGED -> {
                warnOfFile();
                reload();
                yield 0;
            }
            case NO_GROUP, NO_FILE -> nothingThere(result);
            case REFUSED -> refused(env.argv0() + ": " + result.text());
            case BAD_FILE -> refused(result.text() + env.argv0() + ": the file is left as it is\n");
        };
    }

    final int refused(String lines) {
        env.err().print(lines);
        return FAILED;
    }

    /// An edit may leave faults that were there before; the daemon would then keep its last good configuration.
    private void warnOfFile() {
        boolean faulty = false;
        for (Fault fault : faults()) {
            if (fault.isError()) {
                faulty = true;
                env.err().print(fault.text() + "\n");
            }
        }
        if (faulty) {
            env.complain("the file was changed, but the " + daemon + " takes it only when these are repaired");
        }
    }

    private void reload() {
        try (ManagementCall call = ManagementCall.open(env.directory(), port)) {
            call.send("reload");
        } catch (IOException e) {
            noDaemon();
        }
    }

    /// The daemon's counters; complains when it does not answer.
    final Optional<long[]> counters(int count) {
        try (ManagementCall call = ManagementCall.open(env.directory(), port)) {
            return Optional.of(call.list(count));
        } catch (IOException e) {
            env.complain("the multicast " + daemon + " does not answer on 127.0.0.1 port " + port.of(env.directory())
                    + "; start it with " + env.argv0() + " -R");
            return Optional.empty();
        }
    }
}
