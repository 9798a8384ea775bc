package io.nubicast.proxy.dialect;

import io.nubicast.proxy.management.ManagementPort;

/// `server_reload_list`: asks the running server to reload its file, or for its counters.
public final class ServerReloadList {
    private ServerReloadList() {}

    /// Runs until the input ends. Takes no arguments; returns the exit code.
    public static int run(String[] args, Environment env) {
        return args.length == 0 ? new ReloadDialogue(env, ManagementPort.SERVER).run() : complain(args, env);
    }

    static int complain(String[] args, Environment env) {
        env.complain("unexpected argument \"" + args[0] + "\"; type reload or list at the prompt");
        env.flush();
        return AdminCommand.FAILED;
    }
}
