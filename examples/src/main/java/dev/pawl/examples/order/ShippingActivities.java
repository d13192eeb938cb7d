package dev.pawl.examples.order;

import dev.pawl.sdk.ActivityName;

/** The carrier. */
@ActivityName("shipping")
public interface ShippingActivities {
  /** @return a tracking number; fails as {@code UnknownAddress} */
  String ship(String orderId, String item);
}
