/** E-mails about orders, through a service that fails now and then, and each of them once. */
@NullMarked
package dev.pawl.examples.ordermail;

import org.jspecify.annotations.NullMarked;
