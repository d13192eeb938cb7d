package dev.pawl.sdk;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which an interface of activities is stored and travels, for ever; or, on a method, the last part of it.
 * Optional: registering the interface by name on the worker says the same.
 *
 * <pre>{@code
 * @ActivityName("payments")
 * interface PaymentActivities {
 *   Charge charge(ChargeRequest request);                 // payments.charge
 *   @ActivityName("give-back") Refund refund(String id);  // payments.give-back
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ActivityName {
  /** The name, or the last part of it. */
  String value();
}
