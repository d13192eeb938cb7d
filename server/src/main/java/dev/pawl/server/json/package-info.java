/**
 * JSON as plain values: maps, lists, texts, numbers. The only package of the server that knows a JSON library.
 */
@NullMarked
package dev.pawl.server.json;

import org.jspecify.annotations.NullMarked;
