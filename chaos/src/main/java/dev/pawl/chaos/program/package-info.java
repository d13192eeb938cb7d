/**
 * Random workflows whose answers are known beforehand. A program is a list of operations, drawn from a seed
 * ({@link dev.pawl.chaos.program.Draw}), written as one line of text ({@link dev.pawl.chaos.program.ProgramText}), run by
 * a workflow ({@link dev.pawl.chaos.program.Interpreter}); {@link dev.pawl.chaos.program.Answer} says what must come out,
 * in the result and in the world.
 */
@NullMarked
package dev.pawl.chaos.program;

import org.jspecify.annotations.NullMarked;
