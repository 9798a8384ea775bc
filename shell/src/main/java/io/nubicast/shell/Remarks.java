package io.nubicast.shell;

/// Remarks that documents put behind configuration lines: `ip pim sparse-mode  // as in the data centre`. IOS knows none; people
/// paste them.
public final class Remarks {
    /// What is told once a remark was left out.
    public static final String NOTICE = "% Notice: the remark behind // is left out";

    private Remarks() {}

    /// The line without its remark and the blanks before it. Slashes count only at the start or behind a blank, so that addresses of
    /// files stay; full-width ones count, too.
    public static String strip(String line) {
        for (int i = 0; i + 1 < line.length(); i++) {
            if (isSlash(line.charAt(i)) && isSlash(line.charAt(i + 1))
                    && (i == 0 || Word.isBlank(line.charAt(i - 1)))) {
                int end = i;
                while (end > 0 && Word.isBlank(line.charAt(end - 1))) {
                    end--;
                }
                return line.substring(0, end);
            }
        }
        return line;
    }

    private static boolean isSlash(char c) {
        return c == '/' || c == '\uFF0F';
    }
}
