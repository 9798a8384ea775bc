package io.nubicast.app.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of a daemon: one line an event, with an ISO 8601 time and its offset, in a file that rotates by size
/// (`server_log.txt`, then `server_log.txt.1` … `.4`) and that a restart continues.
public final class EventLog {
    /// Size at which a file is rotated, in bytes.
    static final long MOST_BYTES = 10L << 20;
    /// Older files that are kept.
    static final int KEPT = 4;
    /// Line ends inside a message would make a second line of it, which could pass for an event.
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg){'[\\r\\n]+',' | '}%n%nopex";

    private EventLog() {}

    /// Where the log goes.
    ///
    /// @param complaint why it is not the file that was wanted; empty when it is
    public record Opened(String place, String complaint) {}

    /// Sends all of SLF4J to this file, or to standard error when the file cannot be written.
    public static Opened open(Path file) {
        return open(file, MOST_BYTES);
    }

    static Opened open(Path file, long mostBytes) {
        LoggerContext context = context();
        String problem = problemWith(file);
        if (!problem.isEmpty()) {
            attach(context, standardError(context));
            return new Opened("standard error", "cannot write the log " + file + " (" + problem
                    + "), so it goes to standard error: name another file with --log");
        }
        attach(context, rotating(context, file.toAbsolutePath(), mostBytes));
        return new Opened(file.toString(), "");
    }

    /// Sends warnings to standard error; for commands, which have no log.
    static void warnings(LoggerContext context) {
        attach(context, standardError(context));
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }

    /// Writes what is buffered and closes the file.
    public static void close() {
        context().stop();
    }

    private static LoggerContext context() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        return context;
    }

    private static void attach(LoggerContext context, Appender<ILoggingEvent> appender) {
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
    }

    private static String problemWith(Path file) {
        if (file.toAbsolutePath().toString().indexOf('%') >= 0) {
            return "a percent sign in its name would be taken for a pattern";
        }
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            if (Files.isDirectory(file)) {
                return "it is a directory";
            }
            Files.newOutputStream(file, java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND).close();
            return "";
        } catch (java.nio.file.AccessDeniedException e) {
            return "permission denied";
        } catch (java.nio.file.FileSystemException e) {
            return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Appender<ILoggingEvent> standardError(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context));
        appender.start();
        return appender;
    }

    private static Appender<ILoggingEvent> rotating(LoggerContext context, Path file, long mostBytes) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setAppend(true);
        appender.setEncoder(encoder(context));

        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(KEPT);
        window.start();

        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(mostBytes));
        size.setCheckIncrement(Duration.buildByMilliseconds(mostBytes == MOST_BYTES ? 1000 : 1));
        size.start();

        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }

    private static PatternLayoutEncoder encoder(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.setCharset(java.nio.charset.StandardCharsets.UTF_8);
        encoder.start();
        return encoder;
    }
}
