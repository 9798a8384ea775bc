package io.nubicast.proxy.config;

/// How much one file may say (PRX-002). Beyond it a file is refused as a whole: nothing is left out silently.
public final class Limits {
    /// Groups of a server file, counted by (group, port); entries of a client file.
    public static final int GROUPS = 1024;
    /// Members of one group.
    public static final int MEMBERS = 1024;
    /// Entries of a client file: every group from every server of a large mesh.
    public static final int CLIENT_ENTRIES = 65_536;

    private Limits() {}
}
