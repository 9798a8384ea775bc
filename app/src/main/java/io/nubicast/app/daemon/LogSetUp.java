package io.nubicast.app.daemon;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/// What Logback does until a daemon opens its [EventLog], and in commands: warnings to standard error. Found as a service, so
/// that no file is searched for and no XML is read at start.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogSetUp extends ContextAwareBase implements Configurator {
    /// For the service loader.
    public LogSetUp() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        EventLog.warnings(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
