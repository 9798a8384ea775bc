package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.Version;
import io.nubicast.app.daemon.ProxyDaemon;
import io.nubicast.app.daemon.Role;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.dialect.ClientReloadList;
import io.nubicast.proxy.dialect.ConfigAdmin;
import io.nubicast.proxy.dialect.Environment;
import io.nubicast.proxy.dialect.KernelMulticAdmin;
import io.nubicast.proxy.dialect.KernelMultisAdmin;
import io.nubicast.proxy.dialect.MulticAdmin;
import io.nubicast.proxy.dialect.MultisAdmin;
import io.nubicast.proxy.dialect.ServerReloadList;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Commands that scripts call often and that therefore start without picocli.
public final class QuickCommands {
    private QuickCommands() {}

    /// The exit code, or nothing when picocli shall have a look.
    public static OptionalInt run(List<String> args) {
        if (args.isEmpty()) {
            return OptionalInt.empty();
        }
        return switch (args.getFirst()) {
            case "--version", "-V" -> args.size() == 1 ? version() : OptionalInt.empty();
            case "proxy" -> args.size() > 1 && args.get(1).equals("status")
                    ? status(args.subList(2, args.size()))
                    : OptionalInt.empty();
            case "multis_admin" -> OptionalInt.of(MultisAdmin.run(rest(args), old(args, Role.SERVER)));
            case "multic_admin" -> OptionalInt.of(MulticAdmin.run(rest(args), old(args, Role.CLIENT)));
            case "server_reload_list" -> OptionalInt.of(ServerReloadList.run(rest(args), old(args, Role.SERVER)));
            case "client_reload_list" -> OptionalInt.of(ClientReloadList.run(rest(args), old(args, Role.CLIENT)));
            case "kernel_multis_admin" -> multisAdmin(rest(args));
            case "kernel_multic_admin" -> OptionalInt.of(KernelMulticAdmin.run(rest(args), kernel("multic_admin")));
            case "multis_config_admin" ->
                OptionalInt.of(ConfigAdmin.run(rest(args), kernel(args.getFirst()), KernelFiles.SERVER));
            case "multic_config_admin" ->
                OptionalInt.of(ConfigAdmin.run(rest(args), kernel(args.getFirst()), KernelFiles.CLIENT));
            case "--train" -> Training.run();
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt multisAdmin(String[] args) {
        int code = KernelMultisAdmin.run(args, kernel("multis_admin"));
        if (code != ExitCode.OK) {
            KeptCopies.tell(System.err);
        }
        return OptionalInt.of(code);
    }

    private static OptionalInt status(List<String> args) {
        Optional<Status> status = Status.parse(args);
        return status.isPresent() ? OptionalInt.of(status.get().run(System.out, System.err)) : OptionalInt.empty();
    }

    private static String[] rest(List<String> args) {
        return args.subList(1, args.size()).toArray(String[]::new);
    }

    /// What an old command sees.
    private static Environment old(List<String> args, Role role) {
        return Environment.ofProcess(argv0(args.getFirst()), directory -> daemon(role));
    }

    /// What a command of the kernel dialect sees.
    private static Environment kernel(String name) {
        return Environment.ofKernelCommand(argv0(name));
    }

    /// The scripts in `bin` and `sbin` say how they were called in `NUBICAST_ARGV0`.
    private static String argv0(String name) {
        String called = System.getenv().getOrDefault("NUBICAST_ARGV0", "");
        return called.isEmpty() ? name : called;
    }

    private static int daemon(Role role) {
        try {
            return ProxyDaemon.run(new DaemonOptions().settings(role, Address.ANY_IPV4));
        } catch (CommandFailed e) {
            System.err.println("nubicast: " + e.getMessage());
            return e.exitCode();
        }
    }

    private static OptionalInt version() {
        System.out.println(Version.line());
        return OptionalInt.of(ExitCode.OK);
    }
}
