package dev.pawl.engine.store.sql;

import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;

class MariadbStoreTest extends StoreContract {
  @Override
  DatabaseServer server() {
    return Databases.mariadb();
  }
}
