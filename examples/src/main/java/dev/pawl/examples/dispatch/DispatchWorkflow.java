package dev.pawl.examples.dispatch;

import dev.pawl.examples.versioned.ParcelWorkflow;
import dev.pawl.sdk.Children;
import dev.pawl.sdk.ChildHandle;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Workflow;
import java.util.List;

// tag::workflow[]
/** One child per parcel: each has a history, an id and a life of its own. */
public final class DispatchWorkflow implements Workflow<Dispatch, List<String>> {
  @Override
  public List<String> run(Dispatch dispatch) {
    List<ChildHandle<String>> parcels = dispatch.parcels().stream()
        .map(parcel -> Children.stub(ParcelWorkflow.class, opts -> opts.workflowId("parcel-" + parcel)).start(parcel))
        .toList();
    return Promise.all(parcels.stream().map(ChildHandle::result).toList()).get();
  }
}
// end::workflow[]
