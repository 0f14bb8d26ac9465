// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Keeps the warnings of a logger while it is open. */
final class CapturedLog extends AbstractAppender implements AutoCloseable {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final Level level;

  CapturedLog(String loggerName) {
    super(loggerName, null, null, false, Property.EMPTY_ARRAY);
    logger = (Logger) LogManager.getLogger(loggerName);
    level = logger.getLevel();
    start();
    logger.addAppender(this);
    logger.setLevel(Level.WARN);
  }

  @Override
  public void append(LogEvent event) {
    messages.add(event.getMessage().getFormattedMessage());
  }

  List<String> messages() {
    return List.copyOf(messages);
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    logger.setLevel(level);
    stop();
  }
}
