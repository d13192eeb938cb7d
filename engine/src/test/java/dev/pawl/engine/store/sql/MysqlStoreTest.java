package dev.pawl.engine.store.sql;

import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import org.junit.jupiter.api.Tag;

@Tag("long")
class MysqlStoreTest extends StoreContract {
  @Override
  DatabaseServer server() {
    return Databases.mysql();
  }
}
