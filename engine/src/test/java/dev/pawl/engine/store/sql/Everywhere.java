package dev.pawl.engine.store.sql;

import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A test that gets each kind of database server in turn. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("dev.pawl.engine.store.sql.Everywhere$Servers#all")
@interface Everywhere {
  final class Servers {
    private Servers() {}

    static Stream<Arguments> all() {
      return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
          .map((DatabaseServer server) -> Arguments.argumentSet(server.name(), server));
    }
  }
}
