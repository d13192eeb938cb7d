/**
 * What nodes tell each other to save latency. Nothing here is ever needed: whoever hears nothing finds the same by its own
 * looks at the database, and whoever hears what is not true looks in vain.
 */
@NullMarked
package dev.pawl.engine.hint;

import org.jspecify.annotations.NullMarked;
