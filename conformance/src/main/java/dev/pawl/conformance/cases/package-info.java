/** The cases, one class for each part of the contract. */
@NullMarked
package dev.pawl.conformance.cases;

import org.jspecify.annotations.NullMarked;
