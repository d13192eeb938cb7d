package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.Declarations;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Rows of {@code pawl_declarations}. */
final class DeclarationRows implements Declarations {
  private static final String COLUMNS = "select namespace, kind, name, data, declared_at from pawl_declarations";
  private static final String FIND = COLUMNS + " where namespace = ? and kind = ? and name = ?";
  private static final String LIST = COLUMNS + " where namespace = ? and kind = ? order by name";
  private static final String PUT =
      "insert into pawl_declarations (namespace, kind, name, data, declared_at) values (?, ?, ?, ?, {now})";
  private static final String REMOVE = "delete from pawl_declarations where namespace = ? and kind = ? and name = ?";
  private static final String REMOVE_ALL = "delete from pawl_declarations where namespace = ?";

  private final Access access;

  DeclarationRows(Access access) {
    this.access = access;
  }

  @Override
  public void put(String namespace, String kind, String name, String data) {
    access.change(link -> {
      String put = PUT + link.dialect().onDuplicate("namespace, kind, name", "data", "declared_at");
      try (Call call = link.sql(put)) {
        return call.text(namespace).text(kind).text(name).text(data).update();
      }
    });
  }

  /** A transaction that meets the row of a faster one is done again, and finds it. */
  @Override
  public boolean declare(String namespace, String kind, String name, String data) {
    return access.change(link -> {
      try (Call find = link.sql(FIND)) {
        if (find.text(namespace).text(kind).text(name).first(DeclarationRows::declaration) != null) return false;
      }
      try (Call put = link.sql(PUT)) {
        put.text(namespace).text(kind).text(name).text(data).update();
      }
      return true;
    });
  }

  @Override
  public Declaration putIfAbsent(String namespace, String kind, String name, String data) {
    Optional<Declaration> there = find(namespace, kind, name);
    if (there.isPresent()) return there.get();
    declare(namespace, kind, name, data);
    return find(namespace, kind, name).orElseThrow();
  }

  @Override
  public Optional<Declaration> find(String namespace, String kind, String name) {
    return access.read(link -> {
      try (Call call = link.sql(FIND)) {
        return Optional.ofNullable(
            call.text(namespace).text(kind).text(name).first(DeclarationRows::declaration));
      }
    });
  }

  @Override
  public List<Declaration> list(String namespace, String kind) {
    return access.read(link -> {
      try (Call call = link.sql(LIST)) {
        return call.text(namespace).text(kind).list(DeclarationRows::declaration);
      }
    });
  }

  @Override
  public boolean remove(String namespace, String kind, String name) {
    return access.change(link -> {
      try (Call call = link.sql(REMOVE)) {
        return call.text(namespace).text(kind).text(name).update();
      }
    }) > 0;
  }

  @Override
  public int removeAll(String namespace) {
    return access.change(link -> {
      try (Call call = link.sql(REMOVE_ALL)) {
        return call.text(namespace).update();
      }
    });
  }

  private static Declaration declaration(Row row) throws SQLException {
    return new Declaration(row.text(), row.text(), row.text(), row.text(), row.instant());
  }
}
