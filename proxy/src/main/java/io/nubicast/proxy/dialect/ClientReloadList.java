package io.nubicast.proxy.dialect;

import io.nubicast.proxy.management.ManagementPort;

/// `client_reload_list`: asks the running client to reload its file, or for its counters.
public final class ClientReloadList {
    private ClientReloadList() {}

    /// Runs until the input ends. Takes no arguments; returns the exit code.
    public static int run(String[] args, Environment env) {
        return args.length == 0
                ? new ReloadDialogue(env, ManagementPort.CLIENT).run()
                : ServerReloadList.complain(args, env);
    }
}
