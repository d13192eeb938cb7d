package dev.pawl.examples.report;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Collects the figures of a day and sends them out. */
public final class ReportWorkflow implements Workflow<Region, String> {
  private final ReportActivities reports =
      Activities.stub(ReportActivities.class, opts -> opts.startToClose(Duration.ofMinutes(10)));

  @Override
  public String run(Region region) {
    LocalDate day = LocalDate.ofInstant(Pawl.now(), ZoneOffset.UTC);
    return reports.send(region.name() + " " + day);
  }
}
