package io.nubicast.proxy.dialect;

import io.nubicast.proxy.management.ManagementPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;

/// The dialogue of `server_reload_list` and `client_reload_list`: a prompt, a word, the daemon's answer, and again. The end of
/// the input ends it (the original spins), and it does not wait a second after each word.
final class ReloadDialogue {
    private static final int MOST_LETTERS = 1023;

    private final Environment env;
    private final ManagementPort port;

    ReloadDialogue(Environment env, ManagementPort port) {
        this.env = env;
        this.port = port;
    }

    int run() {
        if (!port.isWritten(env.directory())) {
            env.out().print("open error");
        }
        while (true) {
            env.out().print("please input command[reload or list]#");
            env.flush();
            try {
                String word = word(env.in());
                if (word.isEmpty()) {
                    env.flush();
                    return 0;
                }
                ask(word);
            } catch (ConnectException | SocketTimeoutException e) {
                env.err().print("connect: " + (e instanceof ConnectException
                        ? "Connection refused"
                        : "Connection timed out") + "\n");
                env.flush();
                return AdminCommand.FAILED;
            } catch (IOException e) {
                env.err().print("connect: " + e.getMessage() + "\n");
                env.flush();
                return AdminCommand.FAILED;
            }
        }
    }

    private void ask(String word) throws IOException {
        try (ManagementCall call = ManagementCall.open(env.directory(), port)) {
            call.send(word);
            env.out().print("send " + word + "[yes]\n");
            if (word.startsWith("reload")) {
                return; // never answered
            }
            String reply = call.reply();
            if (!word.equals("list")) {
                env.out().print((port == ManagementPort.CLIENT ? "others:" : "") + reply + "\n");
                return;
            }
            long[] numbers = ManagementCall.numbers(reply, 4);
            env.out().print("recv_pkt:\t" + numbers[0] + "\ndrop_pkt:\t" + numbers[1] + "\nforward_pkt:\t" + numbers[2]
                    + "\n");
            if (port == ManagementPort.SERVER) {
                env.out().print("fwd_point_pkt:\t" + numbers[3] + "\n");
            }
        }
    }

    /// The next word of the input, as `scanf("%s")`; empty at its end.
    private static String word(InputStream in) throws IOException {
        StringBuilder word = new StringBuilder();
        while (word.length() < MOST_LETTERS) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            boolean blank = c == ' ' || c >= '\t' && c <= '\r';
            if (blank && !word.isEmpty()) {
                break;
            }
            if (!blank) {
                word.append((char) c);
            }
        }
        return word.toString();
    }
}
