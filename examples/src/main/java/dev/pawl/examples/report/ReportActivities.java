package dev.pawl.examples.report;

/** What touches the outside world. */
public interface ReportActivities {
  String send(String title);
}
