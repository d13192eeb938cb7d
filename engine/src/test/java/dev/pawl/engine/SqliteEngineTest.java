package dev.pawl.engine;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;

class SqliteEngineTest extends EngineTranscripts {
  @Override
  Database freshDatabase() {
    return Databases.sqlite().fresh();
  }
}
