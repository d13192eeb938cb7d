package dev.pawl.engine;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;

class PostgresEngineTest extends EngineTranscripts {
  @Override
  Database freshDatabase() {
    return Databases.postgres().fresh();
  }
}
