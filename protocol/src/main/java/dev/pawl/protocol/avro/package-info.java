/**
 * The value codec of the language-neutral protocol: one fixed Avro schema that holds any JSON value and bytes, framed as a
 * single-object message. A few lines instead of a library, because the schema never changes.
 */
@NullMarked
package dev.pawl.protocol.avro;

import org.jspecify.annotations.NullMarked;
