package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.KernelFiles;
import java.io.IOException;

/// What the two commands of the kernel dialect have in common: first the running file is changed, then the daemon, which is what
/// lists and counts.
abstract class KernelCommand extends AdminCommand {
    private final KernelFiles files;
    private final KernelDaemon daemon;

    KernelCommand(Environment env, KernelFiles files, String letters, Getopt.LongOption... longOptions) {
        super(env, files.running(env.directory()), letters, longOptions);
        this.files = files;
        this.daemon = new KernelDaemon(env, files);
    }

    /// What the command does once the running file is there.
    abstract int changeOrAsk() throws IOException;

    @Override
    final int execute() throws IOException {
        EditResult prepared;
        try {
            prepared = files.prepare(env.directory());
        } catch (IOException e) {
            env.complain("cannot change " + file + ": " + ConfigFiles.reason(e));
            return error("lock config file fail\n");
        }
        return prepared.isDone() ? changeOrAsk() : badFile(prepared);
    }

    /// After a change of the file: gives the daemon the same change.
    ///
    /// @param result of the edit of the file
    /// @param missing the original's line where there was nothing to change
    final int edited(EditResult result, String missing, String request) {
        int exit = switch (result.outcome()) {
            case CHANGED, UNCHANGED -> done(request);
            case NO_GROUP, NO_FILE -> error(missing);
            case REFUSED -> error(result.text());
            case BAD_FILE -> badFile(result);
        };
        env.out().print(exit == 0 ? "" : tryHelp());
        return exit;
    }

    private int badFile(EditResult result) {
        env.err().print(result.text());
        return error("json format wrong\n");
    }

    private int done(String request) {
        String answer = ask(request);
        return answer.isEmpty() ? FAILED : failed(answer);
    }

    /// The daemon's answer; empty after a complaint that there is none.
    final String ask(String request) {
        try {
            return daemon.ask(request);
        } catch (IOException e) {
            env.err().print("can not create a netlink socket\n");
            env.complain(e.getMessage() + (isChange() ? "; " + file + " is changed all the same" : ""));
            return "";
        }
    }

    private boolean isChange() {
        return command() == 'A' || command() == 'D' || command() == 'C';
    }

    /// 0 for an answer that all is well; otherwise prints what the code means, without [#tryHelp()].
    final int failed(String answer) {
        int number = KernelDaemon.number(answer);
        if (number == 0) {
            return 0;
        }
        complain(number);
        return number & 0xFF;
    }

    /// Prints the original's words for that code.
    abstract void complain(int number);

    /// Of a value that is no address.
    static String invalid(String value) {
        return "error: ip " + value + " is invalid!\n\n";
    }
}
