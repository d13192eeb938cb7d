/** Steps, activities and compensation: a saga over stock, payment and shipping. */
@NullMarked
package dev.pawl.examples.order;

import org.jspecify.annotations.NullMarked;
