package io.nubicast.shell;

/// Spans of time as IOS prints them.
public final class IosTime {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long HOUR = 3600;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    private static final long YEAR = 365 * DAY;

    private IosTime() {}

    /// `00:00:58` below a day, `1d02h` below a week, `1w2d` below a year, `1y5w` above; [Long#MAX_VALUE] is `never`. Parts of a second
    /// are left off; less than nothing is nothing.
    public static String span(long ns) {
        if (ns == Long.MAX_VALUE) {
            return "never";
        }
        long seconds = Math.max(0, ns) / SECOND_NS;
        if (seconds < DAY) {
            return two(seconds / HOUR) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
        }
        if (seconds < WEEK) {
            return seconds / DAY + "d" + two(seconds / HOUR % 24) + "h";
        }
        return seconds < YEAR
                ? seconds / WEEK + "w" + seconds / DAY % 7 + "d"
                : seconds / YEAR + "y" + seconds % YEAR / WEEK + "w";
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
