package dev.pawl.engine.store.sql;

import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;

class SqliteStoreTest extends StoreContract {
  @Override
  DatabaseServer server() {
    return Databases.sqlite();
  }
}
