package io.nubicast.app.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/// Signals of the operating system. Java has them in `sun.misc` only, which a strict build may not name: hence reflection.
public final class Signals {
    private Signals() {}

    /// Runs `action` on a thread of its own whenever the signal comes, instead of what the JVM does then.
    ///
    /// @param name without `SIG`, such as `HUP`
    /// @return false where there is no such signal: Windows knows no HUP
    public static boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onCall = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                default -> "signal handler for " + name;
            };
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler}, onCall);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
