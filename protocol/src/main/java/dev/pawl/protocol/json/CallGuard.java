package dev.pawl.protocol.json;

import dev.pawl.core.value.RunId;

/** Whether the caller of a call may touch what the call names. Asked before anything is done. */
public interface CallGuard {
  /** @throws dev.pawl.core.value.RejectedException {@code FORBIDDEN} */
  void namespace(String namespace);

  /** The same for what is named by its run only. */
  void run(RunId run);
}
