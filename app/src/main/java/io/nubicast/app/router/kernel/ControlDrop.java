package io.nubicast.app.router.kernel;

/// Why a control packet that arrived was not given to its protocol (GEN-005).
public enum ControlDrop {
    /// The IP header is malformed, or says more than arrived.
    MALFORMED("the IP header is malformed"),
    /// From an address of this router: sent by it, and looped back (GEN-006).
    OWN_SOURCE("sent by this router itself"),
    /// To a group, on an interface that the router does not serve.
    OTHER_INTERFACE("to a group, on an interface that is not served");

    private final String text;

    ControlDrop(String text) {
        this.text = text;
    }

    /// One clause for people, without a full stop.
    public String text() {
        return text;
    }
}
