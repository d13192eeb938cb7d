/**
 * The process that does the work: polls for workflow tasks, activities and queries, runs them, reports, and says every few
 * seconds what it is really doing. It holds nothing that another worker couldn't take over.
 */
@NullMarked
package dev.pawl.sdk.worker;

import org.jspecify.annotations.NullMarked;
