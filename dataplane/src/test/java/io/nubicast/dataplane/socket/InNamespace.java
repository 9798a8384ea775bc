package io.nubicast.dataplane.socket;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.Node;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// Runs code on a thread that has entered a node's network namespace. Sockets that it opens stay there, whoever uses them.
public final class InNamespace {
    private InNamespace() {}

    public static <T> T call(Node node, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(node.namespace());
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }
}
