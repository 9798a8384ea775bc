package io.nubicast.app.demo;

import io.nubicast.app.ExitCode;
import io.nubicast.app.demo.Scene.Comparison;
import io.nubicast.tools.lab.LabException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// Plays a scene in three acts: without a proxy nothing arrives; with it everything does; both ends are compared. One thread;
/// Ctrl-C is another, which takes everything down.
final class Stage {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FRAME_NS = SECOND_NS / 4;
    private static final long PROOF_NS = 3 * SECOND_NS / 2;
    /// Kept at the end for what is under way and for the comparison.
    private static final long CLOSING_NS = SECOND_NS;
    private static final long LEAST_STREAM_NS = 2 * SECOND_NS;

    private final Scene scene;
    private final Screen screen;
    private final long startNs;
    private final int seconds;
    private final long leastStreamNs;
    private volatile boolean interrupted;

    /// @param startNs when the command began
    /// @param seconds how long it shall take in all
    Stage(Scene scene, Screen screen, long startNs, int seconds) {
        this(scene, screen, startNs, seconds, LEAST_STREAM_NS);
    }

    /// @param leastStreamNs streamed even when the start took longer than planned
    Stage(Scene scene, Screen screen, long startNs, int seconds, long leastStreamNs) {
        this.scene = scene;
        this.screen = screen;
        this.startNs = startNs;
        this.seconds = seconds;
        this.leastStreamNs = leastStreamNs;
    }

    /// Plays it to the end; the exit code.
    int run() {
        Thread hook = new Thread(() -> {
            interrupted = true;
            screen.close();
            scene.close();
        }, "demo-teardown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return play();
        } catch (DemoException | LabException e) {
            screen.close();
            if (!interrupted) {
                System.err.println("nubicast demo: " + e.getMessage());
            }
            return ExitCode.FAILED;
        } finally {
            screen.close();
            scene.close();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The hook is running: it does the same.
            }
        }
    }

    private int play() {
        screen.open(scene.introduction());
        scene.build();
        Board board = new Board(scene.pictures());
        String proof = "";
        if (scene.startWithoutProxy()) {
            show(board, "1/2  Without a proxy: ECS1 sends, and nothing may arrive", System.nanoTime() + PROOF_NS,
                    false);
            proof = scene.proveBlocked();
            screen.say(proof);
            board.restart();
        }
        scene.startProxies();
        while (!scene.proxiesServe()) {
            show(board, "2/2  Starting the proxies", System.nanoTime() + FRAME_NS, false);
        }
        List<String> serving = scene.startStream();
        serving.forEach(screen::say);
        board.restart();
        long streamStartNs = System.nanoTime();
        long endNs = Math.max(startNs + seconds * SECOND_NS - CLOSING_NS, System.nanoTime() + leastStreamNs);
        show(board, "2/2  With the proxy: everything must arrive, unchanged", endNs, true);
        long streamNs = System.nanoTime() - streamStartNs;
        scene.endStream();
        List<Comparison> comparisons = scene.comparisons();
        Frame last = board.total("The end", elapsedSeconds(), seconds, streamNs);
        screen.close();
        return verdict(proof, serving, last, comparisons);
    }

    private void show(Board board, String act, long untilNs, boolean expecting) {
        long nextNs = System.nanoTime();
        while (!interrupted && untilNs - System.nanoTime() > 0) {
            screen.show(board.frame(act, elapsedSeconds(), seconds, expecting));
            nextNs += FRAME_NS;
            for (long left = nextNs - System.nanoTime(); left > 0 && !interrupted; left = nextNs - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
        if (interrupted) {
            throw new DemoException("interrupted");
        }
    }

    private double elapsedSeconds() {
        return (System.nanoTime() - startNs) / (double) SECOND_NS;
    }

    private int verdict(String proof, List<String> serving, Frame last, List<Comparison> comparisons) {
        List<String> complaints = new ArrayList<>(scene.complaints());
        for (Comparison comparison : comparisons) {
            if (comparison.received() != comparison.sent()) {
                complaints.add(String.format(Locale.ROOT, "%s received %d of %d packets", comparison.member(),
                        comparison.received(), comparison.sent()));
            } else if (!comparison.unchanged()) {
                complaints.add(comparison.member() + " received every packet, but not unchanged and in order");
            }
        }
        if (comparisons.isEmpty() || comparisons.stream().anyMatch(comparison -> comparison.sent() == 0)) {
            complaints.add("nothing was sent");
        }
        screen.result(proof, serving, last, comparisons, complaints);
        return complaints.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

}
