package io.nubicast.proxy.config;

/// What the kernel module answers to a change, with the words that its commands print.
public enum KernelCode {
    OK(0, ""), EXISTS(1000, "Multicast group already exsit!"), MISSING(1001,
            "Multicast group not exsit,please create first!"), EXHAUSTED(1002,
                    "The index for multicast group exhaust!"), PARAMETER(1003,
                            "The parameter is error,need check parameter!"),
    /// Of a server: too many members in one call.
    TOO_MANY(1004, "the vm number in multicast group shoule smaller than 1024!"),
    /// Of a client, with the number that is too many members of a server.
    FULL(1004, "You can only add 1024 multicast group!");

    private final int number;
    private final String text;

    KernelCode(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// As on the wire, 0 when all is well; the low 8 bits are a command's exit code.
    public int number() {
        return number;
    }

    /// The original's spelling, without a line end.
    public String text() {
        return text;
    }
}
