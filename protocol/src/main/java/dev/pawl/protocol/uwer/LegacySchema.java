package dev.pawl.protocol.uwer;

/** The schema of the XML form 4.2. */
final class LegacySchema {
  private static final XmlContract SCHEMA = XmlContract.compiled(UwerSchemas.legacyTask());

  private LegacySchema() {}

  /** Refuses the first violation, with its line and column. */
  static void check(String xml) {
    SCHEMA.check(xml);
  }
}
