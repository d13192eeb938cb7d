/**
 * What is agreed about payloads: JSON Schema 2020-12 or XML Schema, by job type, in versions that never change. A payload
 * is held against its contract where it comes in and again before a node gets it. Schemas reach nothing outside of
 * themselves, neither over the network nor on this machine.
 */
@NullMarked
package dev.pawl.contracts;

import org.jspecify.annotations.NullMarked;
